/* ES3 and ASCII. The tools of the tabs, and the shortcut keys. Loaded after the desk stands (desk.js); until then a tool is the link or
   the button it is without scripts. */
(function () {
var desk = window.ZUOXI;
var kit = desk.kit;
var root = document.documentElement;

function dirty(url) {
  var frame = kit.each1(kit.frames(), function (f) { return kit.attr(f, 'data-url') === url; });
  var found = false;
  try {
    kit.each(frame.contentWindow.document.getElementsByTagName('form'), function (form) {
      if ((form.getAttribute('method') || '').toLowerCase() !== 'post') { return; }
      kit.each(form.elements, function (field) {
        if ((field.type === 'text' || field.type === 'textarea') && field.value !== field.defaultValue) { found = true; }
      });
    });
  } catch (e) { found = false; }
  return found;
}
function mayClose(urls) {
  var any = false;
  kit.each(urls, function (url) { any = dirty(url) || any; });
  return !any || window.confirm(desk.word('unsaved'));
}
/** What is half-written in them goes with them: it must not be kept once more as their frames go (drafts.js). */
function giveUp(urls) {
  kit.each(urls, function (url) {
    var frame = kit.each1(kit.frames(), function (one) { return kit.attr(one, 'data-url') === url; });
    try { frame.contentWindow.ZUOXI.givenUp = true; } catch (e) { /* not loaded */ }
  });
}
desk.tool = function (name, el) {
  if (name === 'list') { kit.toggle(kit.byId('desk'), 'tabs-listed'); }
  if (name === 'refresh') {
    var current = kit.currentTab();
    var frame = current ? kit.showFrame(kit.attr(current, 'data-tab')) : null;
    if (frame) { try { frame.contentWindow.location.reload(); } catch (e) { frame.src = kit.attr(frame, 'data-url'); } }
  }
  if (name === 'call') { kit.toggle(root, kit.has(kit.byId('desk_call'), 'open') ? 'corner-hidden' : 'corner-shown'); }
  if (name === 'collapse') { kit.toggle(root, 'bar-collapsed'); }
  if (name === 'close-all') {
    var urls = [];
    kit.each(kit.withAttr(kit.byId('tabs'), 'data-tool', 'form'), function (form) { if (kit.attr(form, 'data-tool') === 'close') { urls[urls.length] = form.elements.url.value; } });
    if (mayClose(urls)) { giveUp(urls); kit.tabsPost(el.action, {}); }
  }
  if (name === 'close') {
    var url = el.elements.url.value;
    if (mayClose([url])) { giveUp([url]); kit.tabsPost(el.action, { url: url }); }
  }
};

// -- the date of the menu, when a night goes by with the desk open

var today = kit.byId('today');
/** The server's clock counts; the bar was sent with the page. */
var skew = Number(kit.attr(kit.withAttr(kit.byId('bar'), 'data-now', 'span')[0], 'data-now') || new Date().getTime()) - new Date().getTime();
function turnDay() {
  var past = new Date().getTime() + skew - Number(kit.attr(today, 'data-midnight'));
  var days = kit.attr(today, 'data-days').split('|');
  if (past >= 0) { today.firstChild.nodeValue = days[Math.min(days.length - 1, Math.floor(past / 86400000))]; }
}
setInterval(turnDay, 5000);

// -- keys

/** Whether the press writes something where it is pressed: Alt writes letters on a Mac. */
function writes(e) {
  var el = e.target || e.srcElement;
  var tag = (el.tagName || '').toLowerCase();
  var field = tag === 'textarea' || tag === 'select' || el.isContentEditable || (tag === 'input' && !/^(submit|button|radio|checkbox|image|reset)$/.test(el.type));
  return field && (e.altKey ? !!e.key && e.key.length === 1 && e.key.charCodeAt(0) > 126 : true);
}
desk.key = function (e) {
  var wanted = desk.keyOf(e);
  var bar = kit.byId('bar');
  if (!wanted || !bar || (writes(e) && !/^F/.test(wanted))) { return false; }
  // A key held down presses once: the button may have turned into its other state meanwhile.
  if (e.repeat) { return true; } // eslint-disable-line es-x/no-string-prototype-repeat -- of the event; old browsers do not tell
  var el = kit.each1(kit.withAttr(bar, 'data-key'), function (one) { return kit.attr(one, 'data-key') === wanted; });
  if (el && kit.attr(el, 'data-open')) { desk.openTab(kit.attr(el, 'data-open'), kit.textOf(el), kit.attr(el, 'data-title-key')); return true; }
  if (el && el.href) {
    kit.dropClass(root, 'corner-hidden');
    kit.dropClass(root, 'corner-folded');
    kit.byId(el.href.split('#')[1]).focus();
    return true;
  }
  if (el) { el.click(); return true; }
  var off = kit.each1(kit.withAttr(bar, 'data-key-off', 'div'), function (one) { return kit.attr(one, 'data-key-off') === wanted; });
  if (off) { desk.toast('warning', kit.attr(off, 'aria-label') + ': ' + (off.getElementsByTagName('input')[0].title || ''), 'key'); }
  return !!off;
};
})();
