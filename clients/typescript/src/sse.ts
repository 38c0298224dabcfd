// Server-Sent Events out of a stream of text (WHATWG HTML, 9.2.6).

export interface SseMessage {
  /** `message` where the server names none. */
  readonly event: string;
  /** Empty when the block only carried an id. */
  readonly data: string;
  /** The last id given, in this block or before. */
  readonly id: string;
}

export interface SseParser {
  /** Blocks that are complete with this text, those without data included. */
  push(text: string): SseMessage[];
}

export function createSseParser(): SseParser {
  let rest = '';
  let isFirst = true;
  let id = '';
  let event = '';
  let data: string[] = [];
  let isEmpty = true;

  function line(text: string): SseMessage | null {
    if (text === '') {
      const message = { event: event === '' ? 'message' : event, data: data.join('\n'), id };
      const wasEmpty = isEmpty;
      [event, data, isEmpty] = ['', [], true];
      return wasEmpty ? null : message;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?([\s\S]*))?$/.exec(text) ?? [];
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id' && !value.includes('\0')) id = value;
    else return null;
    isEmpty = false;
    return null;
  }

  return {
    push(text) {
      rest += isFirst ? text.replace(/^\uFEFF/, '') : text;
      isFirst &&= text === '';
      // A carriage return at the end may be half of a line's end
      const held = rest.endsWith('\r') ? '\r' : '';
      const lines = rest.slice(0, rest.length - held.length).split(/\r\n|\n|\r/);
      rest = (lines.pop() ?? '') + held;
      return lines.flatMap((each) => line(each) ?? []);
    },
  };
}
