// How a handler says no: thrown where the cause is known, turned into the answer in one place (handlers.ts).
import type { Answer } from '../call.ts';

export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(JSON.stringify(answer.json ?? answer.text));
    this.answer = answer;
  }
}

/** The validation errors of /iserver repeat their status in the body. */
export function badRequest(text: string): Refusal {
  return new Refusal({ status: 400, json: { error: `Bad Request: ${text}`, statusCode: 400 } });
}

export function serverError(text: string): Refusal {
  return new Refusal({ status: 500, json: { error: text } });
}

export function unavailable(text = 'Service Unavailable', delayMs = 0): Refusal {
  return new Refusal({ status: 503, json: { error: text, statusCode: 503 }, delayMs });
}

/** A reject of the order system: an error under status 200. */
export function reject(text: string): Refusal {
  return new Refusal({ json: { error: text } });
}

/** The page for paths and things that do not exist. */
export const notFound: Answer = {
  status: 404,
  headers: { 'content-type': 'text/html' },
  text: '<html><body><h1>Resource not found</h1></body></html>',
};
