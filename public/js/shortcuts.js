/* ES3 and ASCII. A field for a key takes the key that is pressed in it; what is written there by hand is read by the server. */
(function () {
  var desk = window.ZUOXI;
  function pressed(e) {
    e = e || window.event;
    var field = e.target || e.srcElement;
    if (!field.getAttribute || !field.getAttribute('data-key-field')) { return; }
    var clears = (e.keyCode === 8 || e.keyCode === 46) && !e.altKey && !e.ctrlKey;
    var name = clears ? '' : desk.keyOf(e);
    if (!clears && !name) { return; }
    field.value = name;
    if (e.preventDefault) { e.preventDefault(); } else { e.returnValue = false; }
  }
  if (!desk || !desk.keyOf) { return; }
  if (document.addEventListener) { document.addEventListener('keydown', pressed, false); } else { document.attachEvent('onkeydown', pressed); }
})();
