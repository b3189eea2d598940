import assert from 'node:assert/strict';
import { InvalidInput, NotFound, NotNow } from '../../../src/errors.js';
import { createPhoneBook, type PhoneBook } from '../../../src/services/phone-book.js';
import { SimulatedPbx } from '../../../src/telephony/simulator/pbx.js';
import { ManualTimers } from '../../../src/telephony/simulator/timers.js';

describe('the demo\u2019s phone book', () => {
  let timers: ManualTimers;
  let pbx: SimulatedPbx;
  let book: PhoneBook;
  let changes: number;

  beforeEach(() => {
    timers = new ManualTimers(1_000_000);
    const extensions = [{ number: '2227' }, { number: '2228' }];
    pbx = new SimulatedPbx({ extensions, queues: [{ name: 'q1' }], dids: { '4001000': 'q1' }, timers });
    const row = { interface: 'PJSIP/2227', memberName: '2018', stateInterface: 'PJSIP/2227', penalty: 0 };
    pbx.queues.add(pbx.queues.all.get('q1')!, row);
    changes = 0;
    book = createPhoneBook(pbx, [{ number: '4001000', name: 'Hotline' }], () => changes++);
  });

  it('shows a call from its ring to its end, with the customer\u2019s number and since when', () => {
    assert.equal(book.view('2227').state, 'idle');
    book.callIn('4001000');
    timers.advance(1000);
    const rings = book.view('2227');
    assert.equal(rings.state, 'ringing');
    assert.match(rings.peer, /^1390000\d{4}$/);
    assert.ok(changes > 0);
    timers.advance(5000);
    assert.equal(book.view('2227').since, rings.since);
    book.answer('2227');
    assert.equal(book.view('2227').state, 'talking');
    book.hangUp('2227');
    timers.advance(100);
    assert.deepEqual([book.view('2227').state, book.view('2227').peer], ['idle', '']);
    assert.equal(pbx.exchange.channels.size, 0);
  });

  it('dials another phone, and refuses a second call meanwhile', () => {
    book.dial('2227', '2228');
    timers.advance(100);
    assert.deepEqual([book.view('2227').state, book.view('2228').state], ['dialling', 'ringing']);
    assert.equal(book.view('2227').peer, '2228');
    assert.throws(() => book.dial('2227', '2228'), NotNow);
    book.answer('2228');
    timers.advance(100);
    assert.deepEqual([book.view('2227').state, book.view('2228').state], ['talking', 'talking']);
  });

  it('rejects a ringing call by hanging up', () => {
    book.callIn('4001000');
    timers.advance(100);
    book.hangUp('2227');
    assert.equal(book.view('2227').state, 'idle');
  });

  it('refuses what is no number, no hotline and no phone', () => {
    for (const number of ['', 'abc', '1;2', '12\r\n34']) assert.throws(() => book.dial('2227', number), InvalidInput);
    assert.throws(() => book.callIn('9999'), InvalidInput);
    assert.throws(() => book.view('9999'), NotFound);
  });
});
