// What Linux tells of a running process, from /proc. Elsewhere, and of a process that has just ended: nothing.
import { readdirSync, readFileSync } from 'node:fs';

export interface Usage {
  residentBytes: number;
  threads: number;
  openFds: number;
  cpuSeconds: number;
}

/** USER_HZ, which is 100 on every architecture that Node runs on (proc(5), sysconf(3)). */
const ticksPerSecond = 100;

export function usageOf(pid: number): Usage | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const number = (field: string): number =>
      Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
    // After the name, which may hold anything, come the fields from the third on; 14 and 15 are user and system time.
    const [, rest = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    const fields = rest.split(' ').map(Number);
    return {
      residentBytes: number('VmRSS') * 1024,
      threads: number('Threads'),
      openFds: readdirSync(`/proc/${pid}/fd`).length,
      cpuSeconds: ((fields[11] ?? NaN) + (fields[12] ?? NaN)) / ticksPerSecond,
    };
  } catch {
    return null;
  }
}
