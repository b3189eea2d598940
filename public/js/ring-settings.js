/* ES3 and ASCII. The ring's page: hear it as loud as it is chosen, and ask the browser for notifications when the person asks for them. */
(function () {
  var doc = document;
  var win = window;
  var box = doc.getElementById('ring_tools');
  var bell = null;
  function byId(id) { return doc.getElementById(id); }
  function text(name) { return box.getAttribute('data-t-' + name); }
  function write(el, words) { el.innerHTML = ''; el.appendChild(doc.createTextNode(words)); }
  function test() {
    try {
      bell = bell || new Audio(box.getAttribute('data-ring'));
      if (bell.canPlayType && !bell.canPlayType('audio/wav')) { throw bell; }
      bell.volume = Number(byId('f_volume').value) / 100;
      bell.currentTime = 0;
      bell.play();
      setTimeout(function () { bell.pause(); }, 2500);
    } catch (e) { oldTest(); }
  }
  /** As IE rings (ring.js). */
  function oldTest() {
    if (!('ActiveXObject' in win)) { write(byId('ring_note'), text('no-sound')); return; }
    var old = doc.createElement('bgsound');
    old.src = box.getAttribute('data-ring');
    box.appendChild(old);
    setTimeout(function () { box.removeChild(old); }, 2500);
  }
  /** Why it is as it is: on plain HTTP browsers deny it without asking. */
  function state() {
    var may = win.Notification ? win.Notification.permission : '';
    var is = !may ? 'unsupported' : win.isSecureContext === false ? 'insecure' : may;
    write(byId('notify_note'), text(is));
    byId('ask_notify').disabled = is !== 'default';
  }
  function ask() {
    var asked = win.Notification.requestPermission(state);
    if (asked && asked.then) { asked.then(state); }
  }
  if (!box) { return; }
  byId('test_ring').onclick = test;
  byId('ask_notify').onclick = ask;
  state();
})();
