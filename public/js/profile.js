/* ES3 and ASCII, as desk.js: a field rests until it is double-clicked (or Enter, F2), is saved when it is left, and Escape takes it back. */
(function () {
  var form = document.getElementById('own');
  if (!form) { return; }
  function on(el, name, fn) {
    if (el.addEventListener) { el.addEventListener(name, fn, false); } else if (el.attachEvent) { el.attachEvent('on' + name, fn); }
  }
  function stop(e) { if (e.preventDefault) { e.preventDefault(); } else { e.returnValue = false; } }
  function text(name) { return form.getAttribute('data-' + name) || ''; }
  function request() {
    if (window.XMLHttpRequest) { return new window.XMLHttpRequest(); }
    try { return new window.ActiveXObject('Microsoft.XMLHTTP'); } catch (e) { return null; }
  }
  function inputOf(slot, name) {
    var all = slot.getElementsByTagName('*');
    for (var i = 0; i < all.length; i++) { if (all[i].name === name) { return all[i]; } }
    return null;
  }
  function say(slot, words, failed) {
    var all = slot.getElementsByTagName('span');
    for (var i = 0; i < all.length; i++) {
      if ((' ' + all[i].className + ' ').search(' own-note ') >= 0) {
        all[i].className = 'own-note' + (failed ? ' failed' : '');
        all[i].innerHTML = '';
        all[i].appendChild(document.createTextNode(words));
      }
    }
  }
  function post(fields, done) {
    var xhr = request();
    var body = [];
    var ended = false;
    var timer = null;
    function finish(status, answer) {
      if (ended) { return; }
      ended = true;
      clearTimeout(timer);
      done(status, answer);
    }
    for (var name in fields) {
      if (fields.hasOwnProperty(name)) { body[body.length] = encodeURIComponent(name) + '=' + encodeURIComponent(fields[name]); }
    }
    timer = setTimeout(function () { finish(0, ''); }, 15000);
    try {
      xhr.open('POST', form.getAttribute('action'), true);
      xhr.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
      xhr.setRequestHeader('X-Requested-With', 'XMLHttpRequest');
      xhr.onreadystatechange = function () { if (xhr.readyState === 4) { finish(xhr.status, xhr.responseText); } };
      xhr.send(body.join('&'));
    } catch (e) { finish(0, ''); }
  }
  function fieldOf(slot) {
    var all = slot.getElementsByTagName('div');
    for (var i = 0; i < all.length; i++) { if (all[i].getAttribute('data-field')) { return all[i].getAttribute('data-field'); } }
    return '';
  }
  function save(slot, name) {
    var input = inputOf(slot, name);
    var was = inputOf(slot, 'was_' + name);
    var fields = { field: name, _csrf: form.elements._csrf.value };
    fields[name] = input.value;
    fields['was_' + name] = was.value;
    slot.busy = true;
    say(slot, text('saving'), false);
    post(fields, function (status, answer) {
      slot.busy = false;
      if (answer.search('id="field_' + name + '"') < 0) {
        say(slot, text('failed'), true);
        edit(input);
        return;
      }
      if (input.value !== fields[name]) { return again(slot, input, was, status === 200 ? fields[name] : was.value); }
      slot.innerHTML = answer;
      start(slot);
      if (status === 200) {
        say(slot, text('saved'), false);
        if (name === 'language' || name === 'theme') { window.location.reload(); }
      } else { edit(inputOf(slot, name)); }
    });
  }
  /* Typed on, or taken back, while it was saved: what is there now goes after it, at once where the field was left meanwhile. */
  function again(slot, input, was, stored) {
    was.value = stored;
    say(slot, '', false);
    if (document.activeElement === input && !input.readOnly) { return; }
    if (input.value === stored) { rest(input); } else { save(slot, input.name); }
  }
  function edit(input) {
    if (!input || input.nodeName.toLowerCase() !== 'input') { return; }
    input.readOnly = false;
    input.className = 'editing';
  }
  function rest(input) {
    input.readOnly = true;
    input.className = 'resting';
    input.title = text('edit');
  }
  function start(slot) {
    var name = fieldOf(slot);
    var input = inputOf(slot, name);
    var was = inputOf(slot, 'was_' + name);
    if (!input || !was) { return; }
    if (input.nodeName.toLowerCase() === 'select') {
      on(input, 'change', function () { if (!slot.busy && input.value !== was.value) { save(slot, name); } });
      return;
    }
    if (input.value === was.value) { rest(input); } else { edit(input); }
    on(input, 'dblclick', function () { if (input.readOnly) { edit(input); input.select(); } });
    on(input, 'blur', function () {
      if (input.readOnly || slot.busy) { return; }
      if (input.value === was.value) { rest(input); } else { save(slot, name); }
    });
    on(input, 'keydown', function (e) {
      var key = e.keyCode;
      if (input.readOnly) {
        if (key === 13 || key === 113) { stop(e); edit(input); input.select(); }
        return;
      }
      if (key === 27) {
        stop(e);
        input.value = was.value;
        rest(input);
        undone(slot);
      } else if (key === 13) {
        stop(e);
        input.blur();
      }
    });
  }
  /* The error belongs to what was typed, which is gone. */
  function undone(slot) {
    var box = slot.getElementsByTagName('div');
    say(slot, '', false);
    for (var i = box.length - 1; i >= 0; i--) {
      if (box[i].className === 'field-error') { box[i].parentNode.removeChild(box[i]); }
    }
    box = document.getElementById('field_' + fieldOf(slot));
    if (box) { box.className = 'field own-field'; }
  }
  var slots = form.getElementsByTagName('div');
  for (var i = 0; i < slots.length; i++) { if (slots[i].className === 'own-slot') { start(slots[i]); } }
})();
