/* ES3 and ASCII. What is half-written in a form is kept by the server: after a reload, a lock, a lost session, in another browser it stands
   in the page that comes. Forms that want it carry the field _draft, the address of their page. */
(function () {
var doc = document;
var win = window;
var kept = [];

function each(list, fn) { for (var i = 0; i < list.length; i++) { fn(list[i], i); } }
function isWritten(field) {
  if (!field.name || field.disabled) { return false; }
  return !/^(hidden|password|submit|button|image|reset|file)$/.test(field.type) || !!field.getAttribute('data-written');
}
/** Inside a field these part names and contents (web/half-written.ts reads them). */
function safe(text) { return text.replace(/%/g, '%25').replace(/&/g, '%26').replace(/=/g, '%3D').replace(/\r\n?/g, '\n'); }
function written(form) {
  var out = [];
  each(form.elements, function (field) {
    if (!isWritten(field)) { return; }
    if ((field.type === 'checkbox' || field.type === 'radio') && !field.checked) { return; }
    out[out.length] = safe(field.name) + '=' + safe(field.value);
  });
  return out.join('&');
}
function tab() {
  try { return win.frameElement.getAttribute('data-url') || ''; } catch (e) { return ''; }
}
function send(url, body, done) {
  var xhr = win.XMLHttpRequest ? new XMLHttpRequest() : new ActiveXObject('Microsoft.XMLHTTP');
  xhr.open('POST', url, true);
  xhr.setRequestHeader('X-Requested-With', 'XMLHttpRequest');
  xhr.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded; charset=utf-8');
  xhr.onreadystatechange = function () { if (xhr.readyState === 4) { done(xhr.status); } };
  xhr.send(body);
}
function bodyOf(one, text) {
  var to = encodeURIComponent;
  return '_csrf=' + to(one.form.elements._csrf.value) + '&page=' + to(one.page) + '&tab=' + to(tab()) + '&fields=' + to(text);
}
/** As it was opened is as good as never touched. */
function addressFor(one, text) { return text === one.opened ? '/drafts/discard' : '/drafts'; }
function keep(one) {
  var text = written(one.form);
  if (one.sent || one.busy || text === one.text || one.idle-- > 0) { return; }
  one.busy = true;
  send(addressFor(one, text), bodyOf(one, text), function (status) {
    one.busy = false;
    if (status === 200) { one.text = text; } else { one.idle = 3; }
  });
}
/** The page goes away in the middle of a word. */
function keepLast(one) {
  var text = written(one.form);
  if (one.sent || text === one.text || !win.navigator.sendBeacon) { return; }
  var type = 'application/x-www-form-urlencoded; charset=utf-8';
  win.navigator.sendBeacon(addressFor(one, text), new Blob([bodyOf(one, text)], { type: type }));
  one.text = text;
}
function begin(form) {
  var field = form.elements._draft;
  if (!field) { return; }
  var one = { form: form, page: field.value, opened: written(form), text: null, sent: false, busy: false, idle: 0 };
  kept[kept.length] = one;
  one.text = one.opened;
  form.onsubmit = function () { one.sent = true; };
  // Brought back by the server, or refused and shown again: what stands there was written.
  if (!field.getAttribute('data-opened')) { one.opened = null; }
  if (!one.opened && !field.getAttribute('data-kept')) { one.text = null; }
}

each(doc.getElementsByTagName('form'), begin);
if (kept.length) { setInterval(function () { each(kept, keep); }, 3000); }
if (win.addEventListener) {
  win.addEventListener('pagehide', function () { each(kept, keepLast); }, false);
  // Back from what its sending led to.
  win.addEventListener('pageshow', function () { each(kept, function (one) { one.sent = false; }); }, false);
}
})();
