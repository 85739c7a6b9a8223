// A packet that is not for this host is forwarded only if `forwarding` of the interface it came in on is 1; writing
// ip_forward=0 clears every conf.*.forwarding, and Felix sets only its own cali* again, so requests leave and replies die.
// https://docs.kernel.org/networking/ip-sysctl.html (ip_forward), seen on 6.18.
import type { Bound, Evidence, Question, Verdict } from '../model/index.ts';
import { ipAddr, ipRouteGet, sysctlFiles, sysctlIpv4 } from '../probe/index.ts';
import { winner } from '../probe/sysctl-files.ts';
import { printedName } from '../probe/text/sysctl.ts';
import { ask, evidence, lineOf, unknown } from './check.ts';
import type { Check, Proof, Readings } from './check.ts';
import { countedBy } from './counted.ts';
import { KUBELET_PORT } from './kubelet-listens.ts';
import { uplink } from './uplink.ts';

const ALL = 'forwarding-off';
const ONE = 'uplink-forwarding-off';

export const forwarding: Check = {
  id: 'forwarding',
  suspect: 'forwarding may be switched off',
  ruledOut: 'forwarding is on, on the uplink as well',
  codes: [ALL, ONE],
  shows: ['pod', 'service'],
  needs,
  judge,
  prove(_finding, { story, sent, counters }): Proof {
    if (sent.port === KUBELET_PORT) {
      return { says: 'open', sentence: 'The marked packets went to the node itself, which forwards none of those.' };
    }
    if (story.fate === 'answered') {
      return { says: 'refuted', sentence: `All ${sent.count} marked packets reached the pod and were answered.` };
    }
    // Behind a service some packets may be answered that this node need not forward.
    const counted = countedBy({ sent, counters }, 'IpInAddrErrors', sent.port === null ? 'sent' : 'unanswered');
    if (story.fate === 'not-forwarded' && sent.port === null) {
      const seen = 'They reached this node and went no further on their way.';
      if (counted.is === 'still') return { says: 'proven', sentence: seen };
      return {
        says: 'proven',
        sentence: counted.is === 'ambiguous' ? `${seen} ${counted.sentence}` : counted.sentence,
      };
    }
    // The kernel counts them whichever device they came in by.
    if (counted.is === 'exact') return { says: 'proven', sentence: counted.sentence };
    return {
      says: 'open',
      sentence: counted.sentence || 'The marked packets failed, but not by being left unforwarded.',
    };
  },
};

/** The pod whose traffic stands for all: the first ready one with an address. */
function pod(bound: Bound): string | null {
  return bound.subject.pods[0]?.address ?? null;
}

function needs(bound: Bound, readings: Readings): readonly Question[] {
  const questions: Question[] = [
    ask('subject', sysctlIpv4, {}),
    ask('subject', ipAddr, {}),
    ask('subject', sysctlFiles, {}),
  ];
  if (bound.peer !== null) questions.push(ask('peer', sysctlIpv4, {}), ask('peer', ipAddr, {}));
  const here = uplink(bound, readings, 'subject');
  const there = uplink(bound, readings, 'peer');
  const address = pod(bound);
  const from = outsideAddress(bound);
  if (here.known && address !== null && from !== null) {
    questions.push(
      ask('subject', ipRouteGet, { to: address }),
      ask('subject', ipRouteGet, { to: address, from, iif: here.value.device }),
    );
  }
  const peerPod = bound.peer?.pods[0]?.address ?? null;
  if (there.known && peerPod !== null) {
    questions.push(ask('peer', ipRouteGet, { to: peerPod, from: bound.subject.address, iif: there.value.device }));
  }
  return questions;
}

/** Another node's address to stand for "from outside this node". */
function outsideAddress(bound: Bound): string | null {
  return bound.peer?.address ?? bound.farEnd?.address ?? null;
}

function judge(bound: Bound, readings: Readings): Verdict {
  const reading = readings.of('subject', sysctlIpv4, {});
  if (reading === null || !reading.known)
    return unknown('forwarding', bound, 'subject', reading, 'the forwarding settings');
  const here = uplink(bound, readings, 'subject');
  if (!here.known) return unknown('forwarding', bound, 'subject', here, 'the interface that holds the node address');
  const device = here.value.device;
  const sysctls = reading.value;
  const all = sysctls.ipForward !== 1;
  const one = sysctls.devices[device]?.['forwarding'];
  if (one === undefined) return unknown('forwarding', bound, 'subject', null, `the forwarding setting of ${device}`);
  if (!all && one === '1') return { is: 'clear', because: `ip_forward is 1 and so is forwarding of ${device}` };
  if (pod(bound) === null) {
    const what = 'a pod with an address of its own, for which this node would have to forward';
    return unknown('forwarding', bound, 'subject', null, what);
  }
  return {
    is: 'found',
    findings: [
      {
        code: all ? ALL : ONE,
        statement: all
          ? `Forwarding is switched off on this node: packets for its pods, and answers to what its pods send, arrive on ${device} and go no further.`
          : `Forwarding is switched off on ${device} alone (ip_forward is 1): packets for this node's pods arrive there and go no further.`,
        confidence: 'likely',
        evidence: rows(bound, readings, device),
        facts: {
          uplink: device,
          writers: writers(readings, all ? 'net/ipv4/ip_forward' : `net/ipv4/conf/${device}/forwarding`),
        },
        residue: [],
      },
    ],
  };
}

/** `FILE:LINE text` of every file that sets this key, the winning one first. Slashes part the name, for a device may hold dots. */
function writers(readings: Readings, name: string): string[] {
  const key = printedName(name);
  const files = readings.of('subject', sysctlFiles, {});
  if (files === null || !files.known) return [];
  const wins = winner(files.value.settings, key);
  return files.value.settings
    .filter((setting) => setting === wins || setting.key === key)
    .toSorted((a, b) => Number(b === wins) - Number(a === wins))
    .map((setting) => `${setting.file}:${setting.line} ${setting.text.trim()}`);
}

function rows(bound: Bound, readings: Readings, device: string): Evidence[] {
  const list: Evidence[] = [];
  const subject = readings.answer('subject', sysctlIpv4, {});
  const values = readings.of('subject', sysctlIpv4, {});
  const peer = readings.answer('peer', sysctlIpv4, {});
  const peerValues = readings.of('peer', sysctlIpv4, {});
  const there = uplink(bound, readings, 'peer');
  if (subject !== null && values?.known === true) {
    const both = peer !== null && peerValues?.known === true ? { answer: peer, lines: peerValues.value.lines } : null;
    list.push(
      evidence(
        'ip_forward',
        lineOf(subject, values.value.lines['ip_forward']),
        both && lineOf(both.answer, both.lines['ip_forward']),
      ),
      evidence(
        'forwarding of the uplink',
        lineOf(subject, values.value.lines[`${device}.forwarding`]),
        both && there.known ? lineOf(both.answer, both.lines[`${there.value.device}.forwarding`]) : null,
      ),
    );
  }
  const address = pod(bound);
  const from = outsideAddress(bound);
  if (address !== null && from !== null) {
    const params = { to: address, from, iif: device };
    const answer = readings.answer('subject', ipRouteGet, params);
    const way = readings.of('subject', ipRouteGet, params);
    const peerPod = bound.peer?.pods[0]?.address;
    const peerParams = { to: peerPod ?? '', from: bound.subject.address, iif: there.known ? there.value.device : '' };
    const peerAnswer = readings.answer('peer', ipRouteGet, peerParams);
    const peerWay = readings.of('peer', ipRouteGet, peerParams);
    if (answer !== null && way?.known === true) {
      list.push(
        evidence(
          'way of a packet for a pod that comes in by the uplink',
          lineOf(answer, way.value.line),
          peerAnswer !== null && peerWay?.known === true ? lineOf(peerAnswer, peerWay.value.line) : null,
        ),
      );
    }
  }
  return list;
}
