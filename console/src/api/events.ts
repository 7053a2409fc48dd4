/** Server-sent events, read by fetch because an EventSource cannot send the Authorization header. */
import { ApiError, send } from './http';

export interface EngineEvent {
  kind: string;
  processInstanceId: string | null;
  definitionKey: string | null;
}

export class StreamUnavailable extends Error {}

/** Calls `onEvent` until the stream ends or is aborted. Throws `StreamUnavailable` where there is no such endpoint. */
export async function readEvents(
  signal: AbortSignal,
  onOpen: () => void,
  onEvent: (event: EngineEvent) => void,
): Promise<void> {
  const response = await send('tollgate/events', { accept: 'text/event-stream', signal }).catch(
    (error: unknown) => {
      if (error instanceof ApiError && error.status !== 401 && error.status < 500)
        throw new StreamUnavailable();
      throw error;
    },
  );
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('text/event-stream') || !response.body) {
    await response.body?.cancel();
    throw new StreamUnavailable();
  }
  onOpen();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventParser();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const data of parser.push(value)) {
      const event = parseEvent(data);
      if (event) onEvent(event);
    }
  }
}

function parseEvent(data: string): EngineEvent | null {
  try {
    return JSON.parse(data) as EngineEvent;
  } catch {
    return null;
  }
}

/** The `data` of each complete event in a text stream; comments, ids and names are passed over. */
export class EventParser {
  private rest = '';

  push(chunk: string): string[] {
    const text = this.rest + chunk;
    // A carriage return at the end may be the first half of a line end.
    const cut = text.endsWith('\r') ? text.length - 1 : text.length;
    const blocks = text.slice(0, cut).replace(/\r\n?/g, '\n').split('\n\n');
    this.rest = (blocks.pop() ?? '') + text.slice(cut);
    return blocks
      .map((block) =>
        block
          .split('\n')
          .filter((line) => line.startsWith('data:'))
          .map((line) => line.slice(5).replace(/^ /, ''))
          .join('\n'),
      )
      .filter((data) => data !== '');
  }
}
