import express from 'express';

/** The yardstick: Express with nothing on it, answering a fragment's size, and a 304 to its ETag. */
const app = express();
app.disable('x-powered-by');
app.set('etag', false);
const body = `<div id="status">${'x'.repeat(400)}</div>`;
app.get('/fragment', (req, res) => {
  if (req.headers['if-none-match'] === '"1"') {
    res.status(304).end();
    return;
  }
  res.set('ETag', '"1"').type('html').send(body);
});
app.listen(Number(process.env.HTTP_PORT), '127.0.0.1');
