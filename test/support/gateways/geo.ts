import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GeoServerOfTest {
  url: string;
  /** `path?query` of what was asked, oldest first. */
  asked: string[];
  mood: 'answers' | 'fails' | 'garbage' | 'silent' | 'denies';
  stop(): Promise<void>;
}

const shanghai = { name: '人民广场, 黄浦区, 上海市', lat: 31.2304, lon: 121.4737 };
const airport = { name: '浦东国际机场, 上海市', lat: 31.1443, lon: 121.8083 };
const known = (address: string) =>
  /机场|airport/i.test(address) ? airport : /广场|square/i.test(address) ? shanghai : null;

/** Speaks as Nominatim, OSRM and Google's interfaces do (their documented formats). */
export async function startGeoServer(): Promise<GeoServerOfTest> {
  const told: GeoServerOfTest = { url: '', asked: [], mood: 'answers', stop };
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '', 'http://x');
    told.asked.push(req.url ?? '');
    if (told.mood === 'silent') return;
    if (told.mood === 'fails') return void res.writeHead(500).end('no');
    if (told.mood === 'garbage') return void res.end('<html>');
    const answer = answerTo(url, told.mood === 'denies');
    if (answer === undefined) return void res.writeHead(404).end();
    res.setHeader('Content-Type', 'application/json');
    res.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  told.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  function stop(): Promise<void> {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  }
  return told;
}

function answerTo(url: URL, denies: boolean): unknown {
  const query = (name: string): string => url.searchParams.get(name) ?? '';
  if (url.pathname === '/search') {
    const found = known(query('q'));
    return found ? [{ display_name: found.name, lat: String(found.lat), lon: String(found.lon) }] : [];
  }
  if (url.pathname.startsWith('/route/v1/driving/')) return osrm();
  if (denies) return { status: 'REQUEST_DENIED', error_message: 'The provided API key is invalid.' };
  if (url.pathname === '/maps/api/geocode/json') {
    const found = known(query('address'));
    if (!found) return { status: 'ZERO_RESULTS', results: [] };
    const results = [{ formatted_address: found.name, geometry: { location: { lat: found.lat, lng: found.lon } } }];
    return { status: 'OK', results };
  }
  if (url.pathname === '/maps/api/directions/json')
    return directions(known(query('origin')), known(query('destination')));
  return undefined;
}

function osrm() {
  const coordinates = [
    [shanghai.lon, shanghai.lat],
    [121.6, 31.2],
    [airport.lon, airport.lat],
  ];
  const steps = [
    { name: '延安高架路', distance: 8200 },
    { name: '', distance: 20 },
    { name: '迎宾大道', distance: 900 },
  ];
  return { code: 'Ok', routes: [{ distance: 45_230, duration: 3720, geometry: { coordinates }, legs: [{ steps }] }] };
}

function directions(from: typeof shanghai | null, to: typeof shanghai | null) {
  const geocoded_waypoints = [from, to].map((end) => ({ geocoder_status: end ? 'OK' : 'ZERO_RESULTS' }));
  if (!from || !to) return { status: 'NOT_FOUND', geocoded_waypoints, routes: [] };
  const leg = {
    ...{ distance: { value: 45_230 }, duration: { value: 3720 }, start_address: from.name, end_address: to.name },
    start_location: { lat: from.lat, lng: from.lon },
    end_location: { lat: to.lat, lng: to.lon },
    steps: [{ html_instructions: 'Turn <b>left</b> at &lt;A&gt;<script>x</script>', distance: { value: 300 } }],
  };
  return {
    status: 'OK',
    geocoded_waypoints,
    routes: [{ overview_polyline: { points: '_p~iF~ps|U_ulLnnqC_mqNvxq`@' }, legs: [leg] }],
  };
}
