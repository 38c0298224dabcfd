// What stops the launcher, told to a person: what, why, next step. Everything else that is thrown is a defect.

export class Fault extends Error {
  readonly exitCode: number;

  /** 2 for settings, as the other programs have it; 1 for what the world did. */
  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = 'Fault';
    this.exitCode = exitCode;
  }
}
