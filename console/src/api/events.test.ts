import { expect, it } from 'vitest';
import { EventParser } from './events';

it('puts events together from pieces cut anywhere', () => {
  const stream = ': hello\n\nid: 1\ndata: {"a":1}\n\ndata: x\r\ndata: y\r\n\r\n';
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const parser = new EventParser();
    const events = [...parser.push(stream.slice(0, cut)), ...parser.push(stream.slice(cut))];
    expect(events).toEqual(['{"a":1}', 'x\ny']);
  }
});
