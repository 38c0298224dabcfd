// Disks that are full or read-only are rare on the machines that run tests; their errors are known.

import { expect, test } from '@jest/globals';
import { asDiskFault } from '../src/disk.ts';
import { Fault } from '../src/fault.ts';

test.each([
  ['ENOSPC', /no room left on the disk of \/data/],
  ['EDQUOT', /quota/],
  ['EROFS', /\/data is read-only\. Mount a volume/],
  ['EACCES', /\/data may not be written by this user/],
  ['ENOTDIR', /\/data is not a folder/],
])('%s', (code, want) => {
  const fault = asDiskFault(Object.assign(new Error('raw'), { code }), '/data');
  expect(fault).toBeInstanceOf(Fault);
  expect((fault as Fault).message).toMatch(want);
});

test('everything else stays what it is', () => {
  const fault = new Fault('a sentence');
  const defect = new TypeError('a defect');
  expect([asDiskFault(fault, '/data'), asDiskFault(defect, '/data')]).toEqual([fault, defect]);
});
