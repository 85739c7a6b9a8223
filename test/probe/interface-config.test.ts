import { describe, expect, test } from 'vitest';
import { configuresDevice, interfaceConfig } from '../../src/probe/interface-config.ts';
import { read } from '../../src/probe/probe.ts';
import { recordedOutputs } from './recorded-output.ts';

function entriesOf(name: string) {
  const recorded = recordedOutputs('interface-config').find((each) => each.name === name);
  const reading = recorded && read(interfaceConfig, recorded.output);
  if (!reading?.known) throw new Error(`${name} cannot be read`);
  return reading.value.entries;
}

describe('who configures an interface', () => {
  test.each([
    ['debian-12--sick', 'eth1', '/etc/NetworkManager/system-connections/eth1.nmconnection:10:method=auto'],
    ['debian-12--sick', 'wlan0', '/etc/NetworkManager/system-connections/Office WLAN: 2.nmconnection:11:method=auto'],
    ['debian-12--sick', 'eth0', '/etc/sysconfig/network-scripts/ifcfg-eth0:3:BOOTPROTO=dhcp'],
    ['debian-12--sick', 'eth0:1', '/etc/sysconfig/network-scripts/ifcfg-eth0:1:2:IPADDR=10.0.10.208'],
    ['debian-12--sick', 'eth2', '/etc/network/interfaces:5:iface eth2 inet static'],
    ['debian-12--healthy', 'eth0', '/etc/netplan/50-cloud-init.yaml:5:      dhcp4: true'],
    ['debian-12--healthy', 'wlan0', '/etc/netplan/50-cloud-init.yaml:12:    wlan0:'],
    ['debian-12--healthy', 'ens5', '/etc/systemd/network/10-eth.network:5:DHCP=ipv4'],
    ['debian-12--healthy', 'eth7', '/etc/systemd/network/10-eth.network:5:DHCP=ipv4'],
  ])('in %s, %s is configured by %s', (name, device, decisive) => {
    const entry = configuresDevice(entriesOf(name), device);
    expect(entry && `${entry.file}:${entry.line}:${entry.text}`).toBe(decisive);
  });

  test.each([
    ['debian-12--sick', 'eth3'],
    ['debian-12--sick', 'constructor'],
    ['debian-12--healthy', 'cali1234'],
    ['debian-12--healthy-none', 'eth0'],
  ])('in %s, nobody configures %s', (name, device) => {
    expect(configuresDevice(entriesOf(name), device)).toBeNull();
  });

  test.each([
    'password=s3cret',
    'psk=s3cret',
    '          password: "s3cret"',
    'post-up echo s3cret',
    'wep-key0=s3cret',
  ])('a line like %s is not asked for', (line) => {
    const pattern = interfaceConfig.argv({}).at(-3) ?? '';
    const asked = new RegExp(pattern.replaceAll('[[:space:]]', String.raw`\s`));
    expect(asked.test(line)).toBe(false);
    expect(asked.test('interface-name=eth1')).toBe(true);
  });
});
