/* ES3 and ASCII. The monitor's rows: a change puts them in, out and where their key says (tier 2); what lasts too long is marked (every tier). */
(function () {
var doc = document;
var win = window;
var pressedAt = 0;
var waiting = [];
var link = byId('monitor_link');
var wasDown = isDown();

function byId(id) { return doc.getElementById(id); }
function attr(el, name) { return el && el.getAttribute ? el.getAttribute(name) : null; }
function on(el, name, fn) {
  if (el.addEventListener) { el.addEventListener(name, fn, false); } else if (el.attachEvent) { el.attachEvent('on' + name, fn); }
}
function each(list, fn) { for (var i = 0; i < list.length; i++) { fn(list[i]); } }
function elements(box) {
  var out = [];
  for (var node = box.firstChild; node; node = node.nextSibling) { if (node.nodeType === 1) { out[out.length] = node; } }
  return out;
}

// -- changes, as the server sends them for htmx: here because a row may also appear, go or move

function beforeSwap(e) {
  if (attr(e.target, 'data-changes') === null || !e.detail.shouldSwap) { return; }
  e.detail.shouldSwap = false;
  waiting[waiting.length] = e.detail.serverResponse;
  // A button must not move between the press and the release of the mouse.
  if (now() - pressedAt > 3000) { applyAll(); }
}
function now() { return new Date().getTime(); }
function applyAll() {
  var texts = waiting;
  waiting = [];
  each(texts, apply);
}
function apply(text) {
  var active = doc.activeElement;
  var focused = active ? active.id : '';
  var group = '';
  var box = doc.createElement('template');
  box.innerHTML = text;
  // The whole table may have come meanwhile, with newer rows.
  var cursor = cursorOf(elements(box.content));
  var now = cursor && byId(cursor.id);
  if (now && Number(cursor.value) < Number(now.value)) { return; }
  each(elements(box.content), function (el) {
    var old = byId(el.id);
    if (el.tagName !== 'TR') {
      if (old) { old.parentNode.replaceChild(el, old); }
      return;
    }
    group = el.id.split('_')[1];
    if (attr(el, 'hx-swap-oob') === 'delete') {
      if (old) { old.parentNode.removeChild(old); }
    } else {
      place(el, old, byId('none_' + group));
    }
  });
  if (group) { empty(byId('none_' + group)); }
  if (focused && doc.activeElement !== active) { focusAgain(focused, group); }
  mark();
}
/** Says up to which version the rows beside it go. */
function cursorOf(list) {
  var found = null;
  each(list, function (el) { if (attr(el, 'name') === 'since') { found = el; } });
  return found;
}
/** A table that was asked for before the last changes, and came after them, is old: what it lacks is asked for. */
function came(box) {
  if (!win.htmx) { return; }
  var cursor = cursorOf(box.getElementsByTagName('input'));
  if (cursor) { win.htmx.trigger(doc.body, 'group-' + cursor.id.split('_')[1]); }
  // The link changed between the page and its first reading: the commands of the rows come and go with it.
  if (box === link && isDown() !== wasDown) {
    wasDown = isDown();
    win.htmx.trigger(doc.body, 'link');
  }
}
function isDown() { return !!link && elements(link).length > 0; }
function place(row, old, last) {
  var body = last.parentNode;
  var key = attr(row, 'data-k');
  if (old && attr(old, 'data-k') === key) { body.replaceChild(row, old); return; }
  if (old) { body.removeChild(old); }
  var back = attr(body, 'data-order') === 'desc';
  var next = body.firstChild;
  while (next !== last) {
    var other = attr(next, 'data-k');
    if (other !== null && (back ? other < key : other > key)) { break; }
    next = next.nextSibling;
  }
  body.insertBefore(row, next);
}
function empty(none) { none.className = elements(none.parentNode).length > 1 ? 'hidden' : ''; }
/** To the same button, else to the table it was in: a row that left must not send the reader back to the top. */
function focusAgain(id, group) {
  var el = byId(id) || byId('box_' + group);
  try { el.focus({ preventScroll: true }); } catch (e) { /* hidden or disabled now */ }
}

// -- what lasts too long

function mark() {
  var t = now();
  each(doc.getElementsByTagName('tr'), function (row) {
    var left = attr(row, 'data-late');
    if (left === null) { return; }
    if (!row.zLate) { row.zLate = t + Number(left); }
    if (t >= row.zLate && row.className.search('is-late') < 0) { row.className = row.className + ' is-late'; }
  });
}

on(doc.body, 'htmx:beforeSwap', beforeSwap);
on(doc, 'mousedown', function () { pressedAt = now(); });
on(doc, 'mouseup', function () {
  pressedAt = 0;
  // After the click that follows it.
  setTimeout(applyAll, 0);
});
if (win.ZUOXI) { win.ZUOXI.came = came; }
setInterval(mark, 1000);
})();
