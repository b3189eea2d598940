/* ES3 and ASCII. What is half-written in a form is kept by the server: after a reload, a lock, a lost session, in another browser it stands
   in the page that comes. Forms that want it carry the field _draft, the address of their page. */
(function () {
var doc = document;
var win = window;
var kept = [];

function each(list, fn) { for (var i = 0; i < list.length; i++) { fn(list[i], i); } }
function isWritten(field) {
  var as = field.getAttribute('data-written');
  if (!field.name || field.disabled || as === 'false') { return false; }
  return !/^(hidden|password|submit|button|image|reset|file)$/.test(field.type) || as === 'true';
}
/** Inside a field these part names and contents (web/half-written.ts reads them). */
function safe(text) { return text.replace(/%/g, '%25').replace(/&/g, '%26').replace(/=/g, '%3D').replace(/\r\n?/g, '\n'); }
/** null = an unticked box. asOpened: as the page came, whatever was typed since. */
function contentOf(field, asOpened) {
  if (field.type === 'checkbox' || field.type === 'radio') { return (asOpened ? field.defaultChecked : field.checked) ? field.value : null; }
  if (!asOpened) { return field.value; }
  if (!field.options) { return field.defaultValue; }
  var content = field.options.length ? field.options[0].value : '';
  each(field.options, function (option) { if (option.defaultSelected) { content = option.value; } });
  return content;
}
function written(form, asOpened) {
  var out = [];
  each(form.elements, function (field) {
    var content = isWritten(field) ? contentOf(field, asOpened) : null;
    if (content !== null) { out[out.length] = safe(field.name) + '=' + safe(content); }
  });
  return out.join('&');
}
/** A dialog is in no tab: it must not open by itself where the tab is opened again. */
function tabOf(form) {
  if (form.elements._draft.getAttribute('data-dialog')) { return ''; }
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
  return '_csrf=' + to(one.form.elements._csrf.value) + '&page=' + to(one.page) + '&tab=' + to(tabOf(one.form)) + '&fields=' + to(text);
}
/** As it was opened is as good as never touched; that wants no text. */
function addressFor(one, text) {
  one.kept = text !== one.opened;
  return one.kept ? '/drafts' : '/drafts/discard';
}
function isGivenUp() { return !!win.ZUOXI && win.ZUOXI.givenUp === true; }
function keep(one) {
  var text = written(one.form);
  if (isGivenUp() || one.sent || one.busy || text === one.text || one.idle-- > 0) { return; }
  one.busy = true;
  var address = addressFor(one, text);
  send(address, bodyOf(one, one.kept ? text : ''), function (status) {
    one.busy = false;
    if (status === 200) { one.text = text; } else { one.idle = 3; }
  });
}
/** The page goes away in the middle of a word. */
function keepLast(one) {
  var text = written(one.form);
  if (isGivenUp() || one.sent || text === one.text || !win.navigator.sendBeacon) { return; }
  var type = 'application/x-www-form-urlencoded; charset=utf-8';
  var address = addressFor(one, text);
  win.navigator.sendBeacon(address, new Blob([bodyOf(one, one.kept ? text : '')], { type: type }));
  one.text = text;
  try { win.sessionStorage.setItem('draft ' + one.page, new Date().getTime() + ' ' + text); } catch (e) { /* it keeps nothing */ }
}
/** A page that is loaded again is made before its last words are sent: where it came without them it is asked for once more. */
function cameTooEarly() {
  var late = false;
  each(doc.getElementsByTagName('form'), function (form) {
    var field = form.elements._draft;
    if (!field || field.getAttribute('data-dialog') || !(field.getAttribute('data-opened') || field.getAttribute('data-kept'))) { return; }
    try {
      var left = win.sessionStorage.getItem('draft ' + field.value);
      win.sessionStorage.removeItem('draft ' + field.value);
      var space = left ? left.search(' ') : -1;
      if (space < 0 || new Date().getTime() - Number(left.substring(0, space)) > 10000) { return; }
      late = late || left.substring(space + 1) !== written(form);
    } catch (e) { /* it kept nothing */ }
  });
  return late;
}
function begin(form) {
  var field = form.elements._draft;
  if (!field || form.zKept) { return; }
  var one = { form: form, page: field.value, opened: written(form, true), text: null, kept: false, sent: false, busy: false, idle: 0 };
  form.zKept = true;
  kept[kept.length] = one;
  one.text = one.opened;
  form.onsubmit = function () { one.sent = true; };
  // A dialog is sent by desk.js: the server forgets what was sent, or keeps it where it was refused.
  on(form, 'click', function (e) { if ((e.target || e.srcElement).type === 'submit') { one.text = written(form); one.kept = true; } });
  // Brought back by the server, or refused and shown again: what stands there was written.
  if (field.getAttribute('data-opened')) { return; }
  one.opened = null;
  one.kept = !!field.getAttribute('data-kept');
  one.text = one.kept ? written(form, true) : null;
}
function on(el, name, fn) {
  if (el.addEventListener) { el.addEventListener(name, fn, false); } else if (el.attachEvent) { el.attachEvent('on' + name, fn); }
}
function isThere(form) {
  while (form && form !== doc.body) { form = form.parentNode; }
  return !!form;
}
/** Dialogs come and go while the page stays: one that was closed is given up, unless it is only shown anew. */
function look() {
  each(doc.getElementsByTagName('form'), begin);
  var gone = [];
  var here = [];
  each(kept, function (one) {
    var list = isThere(one.form) ? here : gone;
    list[list.length] = one;
  });
  each(gone, function (one) {
    var again = false;
    each(here, function (other) { again = again || other.page === one.page; });
    if (!again && one.kept) { send('/drafts/discard', bodyOf(one, ''), function () { /* it was only a draft */ }); }
  });
  kept = here;
  each(kept, keep);
}

if (cameTooEarly()) {
  win.location.reload();
  return;
}
look();
setInterval(look, 3000);
if (win.addEventListener) {
  win.addEventListener('pagehide', function () { each(kept, keepLast); }, false);
  // Back from what its sending led to.
  win.addEventListener('pageshow', function () { each(kept, function (one) { one.sent = false; }); }, false);
}
})();
