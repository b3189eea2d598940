import { strict as assert } from 'node:assert';
import { decodePolyline } from '../../src/services/geo/google.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';
import { type GeoServerOfTest, startGeoServer } from '../support/gateways/geo.js';

for (const engine of engines) {
  describe(`the map on ${engine}`, () => {
    let app: TestApp;
    let geo: GeoServerOfTest;
    let client: Client;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
      geo = await startGeoServer();
      client = await signedIn(app.url, app.world.alpha.agent);
    });
    beforeEach(async () => {
      geo.mood = 'answers';
      geo.asked.splice(0);
      await set({
        provider: 'osm',
        geocoderUrl: geo.url,
        routerUrl: geo.url,
        tileUrl: `${geo.url}/tiles/{z}/{x}/{y}.png`,
      });
    });
    after(async () => {
      await geo?.stop();
      await app?.stop();
    });
    const set = async (value: object | null) => {
      await app.db('settings').where({ name: 'map' }).delete();
      if (value === null) return;
      const row = { team_scope: 0, name: 'map', value: JSON.stringify(value), updated_at: 1, updated_by: null };
      await app.db('settings').insert(row);
    };
    const find = (query: Record<string, string>) => client.get(`/map?${new URLSearchParams(query)}`);

    it('says that no provider is set, and asks nobody', async () => {
      await set(null);
      const page = await find({ address: '人民广场' });
      assert.match(page.$('.message-warning').text(), /No map service/);
      assert.equal(page.$('input[name=do_find]').attr('disabled'), 'disabled');
      assert.deepEqual(geo.asked, []);
    });

    it('finds an address: a list for everybody, pictures with a pin, and leave for just these pictures', async () => {
      const page = await find({ address: '人民广场' });
      assert.equal(page.status, 200);
      assert.match(page.$('.route-steps').text(), /黄浦区/);
      const pictures = page
        .$('.map-tiles img')
        .map((_, image) => page.$(image).attr('src'))
        .get();
      assert.equal(pictures.length, 12);
      for (const source of pictures) assert.match(source, /\/tiles\/15\/\d+\/\d+\.png$/);
      assert.equal(page.$('.map-pin').length, 1);
      assert.match(page.headers.get('content-security-policy') ?? '', new RegExp(`img-src 'self' data: ${geo.url};`));
      assert.equal(page.$('#map_box').attr('data-points'), '31.2304,121.4737');
      const closer = await client.get(page.$('.map-zoom a').first().attr('href') ?? '');
      assert.match(closer.$('.map-tiles img').attr('src') ?? '', /\/tiles\/16\//);
      assert.match(geo.asked[0] ?? '', /^\/search\?q=%E4%BA%BA.*format=jsonv2.*accept-language=en/);
    });

    it('finds a route with length, time and its roads', async () => {
      const page = await find({ from: '人民广场', to: '机场' });
      assert.match(page.$('.fact-row').text(), /45\.2 km.*1 h 2 min/s);
      assert.match(page.$('ol').text(), /延安高架路.*8\.2 km.*迎宾大道.*900 m/s);
      assert.equal(page.$('.map-pin').length, 2);
      assert.equal(page.$('#map_box').attr('data-line')?.split(';').length, 3);
    });

    it('says when an address is not found, and which', async () => {
      assert.match((await find({ address: 'zzz<script>' })).$('[role=alert]').text(), /"zzz<script>" was not found/);
      assert.match((await find({ from: '人民广场', to: 'nowhere' })).$('[role=alert]').text(), /"nowhere"/);
      const half = await find({ from: '人民广场', to: '' });
      assert.deepEqual([half.status, half.$('#e_to').length, half.$('#f_from').attr('value')], [422, 1, '人民广场']);
      assert.equal((await find({ address: 'a'.repeat(300) })).status, 422);
      assert.equal((await find({ address: 'a\nb' })).status, 422);
    });

    it('says when the provider does not answer, or answers nonsense, and keeps what was typed', async () => {
      for (const mood of ['fails', 'garbage'] as const) {
        geo.mood = mood;
        const page = await find({ address: '人民广场' });
        assert.deepEqual([page.status, page.$('#f_address').attr('value')], [503, '人民广场']);
        assert.match(page.$('[role=alert]').text(), /did not answer/);
      }
    });

    it('asks Google where Google is set, with the key of the settings', async () => {
      await set({ provider: 'google', googleKey: 'k-1', googleUrl: geo.url });
      const page = await find({ address: '人民广场' });
      assert.match(geo.asked[0] ?? '', /^\/maps\/api\/geocode\/json\?.*key=k-1/);
      const picture = new URL(page.$('.map-tiles img').attr('src') ?? '');
      assert.deepEqual(
        [picture.pathname, picture.searchParams.get('markers')],
        ['/maps/api/staticmap', '31.2304,121.4737'],
      );
      assert.match(page.$('.map-credit a').attr('href') ?? '', /^https:\/\/www\.google\.com\/maps\/search/);
      const route = await find({ from: 'people square', to: 'airport' });
      assert.match(route.$('ol').text(), /Turn left at <A> x/);
      assert.doesNotMatch(route.text, /<script>x/);
      assert.match((await find({ from: 'people square', to: 'nowhere' })).$('[role=alert]').text(), /"nowhere"/);
      assert.match((await find({ from: 'nobody', to: 'airport' })).$('[role=alert]').text(), /"nobody"/);
      geo.mood = 'denies';
      const denied = await find({ address: '人民广场' });
      assert.equal(denied.status, 503);
      assert.match(denied.$('[role=alert]').text(), /API key is invalid/);
    });
  });
}

describe('an encoded polyline', () => {
  it('is read as its documentation reads it', () => {
    assert.deepEqual(
      decodePolyline('_p~iF~ps|U_ulLnnqC_mqNvxq`@').map(({ latitude, longitude }) => [latitude, longitude]),
      [
        [38.5, -120.2],
        [40.7, -120.95],
        [43.252, -126.453],
      ],
    );
    assert.doesNotThrow(() => decodePolyline('_p~'));
  });
});
