import { describe, expect, test } from 'vitest';
import { ipRouteGet, ipRoutePrefix, sysctlValue } from '../../src/probe/index.ts';

describe('questions with parameters', () => {
  test.each([
    [{ to: '10.0.10.69' }, ['10.0.10.69']],
    [{ to: '10.0.10.69', from: '10.0.10.207' }, ['10.0.10.69', 'from', '10.0.10.207']],
    [{ to: '192.168.4.25', from: '8.8.8.8', iif: 'eth0' }, ['192.168.4.25', 'from', '8.8.8.8', 'iif', 'eth0']],
    [{ to: '10.0.0.1', iif: '$(id)' }, ['10.0.0.1', 'iif', '$(id)']],
  ])('the lookup %j asks only what is given', (params, words) => {
    expect(ipRouteGet.argv(params)).toEqual(['ip', '-4', 'route', 'get', ...words]);
  });

  test('a prefix is one word', () => {
    const argv = ipRoutePrefix.argv({ prefix: '10.0.10.0/24' });
    expect(argv).toEqual(['ip', '-4', 'route', 'show', '10.0.10.0/24', 'table', 'main']);
  });

  test('a setting is one word', () => {
    const name = 'net/ipv4/conf/eth0.100/forwarding';
    expect(sysctlValue.argv({ name })).toEqual(['sysctl', name]);
  });
});
