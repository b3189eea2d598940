/* ES3 and ASCII. Beside a form: each listed name gets a link that adds it to the field. Without scripts the names are typed. */
(function () {
var doc = document;
var book = doc.getElementById('address_book');
var field = book ? doc.getElementById(book.getAttribute('data-field')) : null;
if (!field) { return; }
function words() { return field.value.replace(/[\s,;]+/g, ' ').split(' '); }
function addName(name) {
  if (book.getAttribute('data-one')) { field.value = name; return; }
  var all = words();
  for (var i = 0; i < all.length; i++) { if (all[i] === name) { return; } }
  field.value = field.value.replace(/[\s,;]+$/, '') + (/[^\s,;]/.test(field.value) ? ', ' : '') + name;
}
function link(code) {
  var name = code.firstChild.nodeValue;
  var a = doc.createElement('a');
  a.href = '#' + field.id;
  a.title = book.getAttribute('data-add').replace('%', name);
  code.parentNode.replaceChild(a, code);
  a.appendChild(code);
  a.onclick = function () { addName(name); return false; };
}
var found = book.getElementsByTagName('code');
for (var i = 0; i < found.length; i++) { link(found[i]); }
})();
