/* ES3 and ASCII, as desk.js, which runs before it: fills in what /diag says of this browser. */
(function () {
  var box = document.getElementById('diag');
  var tier = String((window.ZUOXI && window.ZUOXI.tier) || 0);
  var all = [];
  function test(name, is) { if (is) { all[all.length] = name; } }
  function tell(name, text, value) {
    var cell = document.getElementById('diag_' + name);
    cell.innerHTML = '';
    cell.appendChild(document.createTextNode(text));
    document.getElementById('diag_f_' + name).value = value;
  }
  test('xhr', window.XMLHttpRequest);
  test('eventsource', window.EventSource);
  test('promise', window.Promise);
  test('audio', window.Audio);
  test('notification', window.Notification);
  test('secure', window.isSecureContext);
  test('grid', window.CSS && window.CSS.supports && window.CSS.supports('display', 'grid'));
  var skew = String(new Date().getTime() - Number(box.getAttribute('data-now')));
  tell('tier', box.getAttribute('data-t-tier-' + tier) || tier, tier);
  tell('features', all.join(' ') || '-', all.join(' ') || '-');
  tell('skew', skew, skew);
})();
