/* The map that can be moved (Leaflet 1.9.4), put in place of the pictures where the browser can; ES3, loaded by the page of the map. */
(function () {
  var doc = document;
  var box = doc.getElementById('map_box');
  if (!box || !box.getAttribute('data-tiles') || !doc.addEventListener || !self.EventSource) { return; }

  function pairs(name) {
    var text = box.getAttribute(name);
    var found = [];
    var parts = text ? text.split(';') : [];
    for (var i = 0; i < parts.length; i += 1) {
      var pair = parts[i].split(',');
      found.push([Number(pair[0]), Number(pair[1])]);
    }
    return found;
  }

  function show() {
    var leaflet = self.L;
    if (!leaflet) { return; }
    var points = pairs('data-points');
    var line = pairs('data-line');
    while (box.firstChild) { box.removeChild(box.firstChild); }
    box.className = 'map-box';
    var map = new leaflet.Map(box, { attributionControl: false });
    leaflet.tileLayer(box.getAttribute('data-tiles'), { maxZoom: 19 }).addTo(map);
    for (var i = 0; i < points.length; i += 1) {
      leaflet.circleMarker(points[i], { radius: 8, weight: 3, color: '#fff', fillColor: '#b3261e', fillOpacity: 1 }).addTo(map);
    }
    if (line.length) { leaflet.polyline(line, { color: '#1a5cba', weight: 4 }).addTo(map); }
    if (points.length > 1) { map.fitBounds(line.length ? line : points, { padding: [24, 24] }); }
    else { map.setView(points[0], Number(box.getAttribute('data-zoom'))); }
  }

  var style = doc.createElement('link');
  style.rel = 'stylesheet';
  style.href = box.getAttribute('data-leaflet-style');
  doc.getElementsByTagName('head')[0].appendChild(style);
  var script = doc.createElement('script');
  script.src = box.getAttribute('data-leaflet');
  script.onload = show;
  doc.body.appendChild(script);
}());
