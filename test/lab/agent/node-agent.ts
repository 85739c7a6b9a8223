import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { must, type RunOptions } from '../command.ts';
import type { KubeObject } from '../cluster/objects.ts';
import { inNode } from '../node.ts';
import { livingPid } from '../pid-file.ts';
import type { Eni } from '../topology/spec.ts';
import type { ApiAccess, ApiClient } from './client.ts';
import { type Sandbox, sandboxesOf, writeSandboxes } from './sandbox.ts';

/** What a node's agents know from the start. */
export interface AgentSettings extends ApiAccess {
  node: string;
  directory: string;
  hostIP: string;
  /** Scheme of its container ids. */
  runtime: string;
  cni: 'aws-vpc' | 'calico' | 'flannel';
  /** What the cloud has attached to it, primary first. */
  enis: readonly Eni[];
  vpc: { cidr: string; gateway: string } | null;
  flannel: { network: string; podCidr: string } | null;
  /** A NodePort that leads to the node's pods; null where it has none. */
  nodePort: { from: number; to: number } | null;
  /** The service of the cluster DNS that kube-proxy translates; null where it does not. */
  dns: { address: string; ports: readonly (readonly ['tcp' | 'udp', number])[] } | null;
  /** What the containers of pods do, by name: their images, so to say. */
  programs: Readonly<Record<string, { listens?: number; serves?: { domain: string; answer: string } }>>;
}

/** A node as its agents use it. */
export class NodeAgent {
  readonly settings: AgentSettings;
  readonly api: ApiClient;

  constructor(settings: AgentSettings, api: ApiClient) {
    this.settings = settings;
    this.api = api;
  }

  /** Runs argv inside the node; rejects when it fails. */
  run(argv: readonly string[], options?: RunOptions): Promise<string> {
    return must(inNode(this.settings.directory, argv), options);
  }

  /** Several lines of `ip` in one go. */
  async ip(lines: readonly string[]): Promise<void> {
    await this.run(['ip', '-batch', '-'], { input: lines.join('\n') });
  }

  get sandboxes(): Sandbox[] {
    return sandboxesOf(this.settings.directory);
  }

  keep(sandboxes: readonly Sandbox[]): void {
    writeSandboxes(this.settings.directory, sandboxes);
  }

  /** Starts what lives in a pod's network until the pod ends; resolves when it says that it is ready. */
  async startInside(netns: string, argv: readonly string[]): Promise<void> {
    const init = livingPid(join(this.settings.directory, 'init.pid'));
    if (init === null) throw new Error(`the node ${this.settings.node} is gone`);
    const enter = [`--net=/proc/${init}/root/run/netns/${netns}`, '--', ...argv];
    const child = spawn('nsenter', enter, { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
    const ready = child.stdio[3] as Readable;
    await new Promise<void>((resolve, reject) => {
      ready.once('data', () => resolve());
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`${argv[0] ?? ''} ended in ${netns} before it was ready`)));
    });
  }

  /** Ends everything in a pod's network. */
  async endInside(netns: string): Promise<void> {
    await this.run(['sh', '-c', 'ip netns pids "$0" | xargs -r kill -9', netns]);
  }
}

/** Something that runs in a container of a pod on a node. */
export interface Program {
  /**
   * Resolves when the container is Ready. `adopted`: it has been running since before anybody looked, so there is nothing to set up.
   */
  start(pod: KubeObject, adopted: boolean): Promise<void>;
  /** After the container is Ready: what it does then of its own accord. */
  afterwards?(): Promise<void>;
  /** The pods with a network of their own on this node are others now. */
  podsChanged?(): Promise<void>;
}
