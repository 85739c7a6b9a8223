import type {
  AppsV1Api,
  AuthorizationV1Api,
  ConfigurationOptions,
  CoreV1Api,
  DiscoveryV1Api,
  KubeConfig,
  RequestContext,
  VersionApi,
} from '@kubernetes/client-node';
import { delimiter } from 'node:path';
import type { Clock } from '../../port.ts';
import { Failure } from './failure.ts';
import { Line, type Manner } from './transport.ts';

/** Which cluster, and with whose credentials. Exactly one of `kubeconfig` and `inCluster` is given. */
export interface Access {
  /** Path of a kubeconfig, or several joined as in `KUBECONFIG`. */
  readonly kubeconfig?: string;
  /** Context in the kubeconfig; absent: its current context. */
  readonly context?: string;
  /** The service account of the pod that netdiag runs in. */
  readonly inCluster?: boolean;
}

/** A way to ask one API server. */
export interface Connection {
  /** Host and port, for sentences. */
  readonly server: string;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly discovery: DiscoveryV1Api;
  /** What the server says of itself, and of what this account may do. */
  readonly version: VersionApi;
  readonly authorization: AuthorizationV1Api;
  /** For changes: one attempt each, and longer than the API server itself takes. */
  readonly changing: {
    readonly core: CoreV1Api;
    readonly apps: AppsV1Api;
    /** Makes a patch a strategic merge; the library's own choice is JSON Patch. */
    readonly strategic: ConfigurationOptions;
  };
  /** The same core API, but slower and open to any text: for calls that the API server passes on to a kubelet. */
  readonly passed: CoreV1Api;
}

/** How each kind of call is carried: to the server itself, to change something, and through it to a kubelet. */
export interface Manners {
  readonly direct: Manner;
  readonly change: Manner;
  readonly passedOn: Manner;
}

/**
 * Loads the client library (90 MB, so only now), the kubeconfig and the way to the API server. Nothing is sent yet.
 * Rejects with Failure `setup`, whose words complete "… was not asked, because …".
 */
export async function connect(
  access: Access,
  clock: Clock,
  { direct, change, passedOn }: Manners,
): Promise<Connection> {
  const [kubernetes, undici] = await Promise.all([import('@kubernetes/client-node'), import('undici')]);
  const config = load(new kubernetes.KubeConfig(), () => new kubernetes.KubeConfig(), access);
  const url = serverOf(config);
  const line = new Line(
    {
      fetch: undici.fetch,
      Agent: undici.Agent,
      Observable: kubernetes.Observable,
      ResponseContext: kubernetes.ResponseContext,
    },
    clock,
  );
  const configuration = (manner: Manner) =>
    kubernetes.createConfiguration({
      baseServer: new kubernetes.ServerConfiguration(url.href.replace(/\/$/, ''), {}),
      authMethods: {
        default: {
          getName: () => config.getName(),
          applySecurityAuthentication: (request) => authenticate(config, request, clock, manner.deadlineMs),
        },
      },
      httpApi: line.library(manner),
    });
  return {
    server: url.host,
    core: new kubernetes.CoreV1Api(configuration(direct)),
    apps: new kubernetes.AppsV1Api(configuration(direct)),
    discovery: new kubernetes.DiscoveryV1Api(configuration(direct)),
    version: new kubernetes.VersionApi(configuration(direct)),
    authorization: new kubernetes.AuthorizationV1Api(configuration(direct)),
    changing: {
      core: new kubernetes.CoreV1Api(configuration(change)),
      apps: new kubernetes.AppsV1Api(configuration(change)),
      strategic: kubernetes.setHeaderOptions('Content-Type', kubernetes.PatchStrategy.StrategicMergePatch),
    },
    passed: new kubernetes.CoreV1Api(configuration(passedOn)),
  };
}

function load(config: KubeConfig, another: () => KubeConfig, access: Access): KubeConfig {
  if (access.inCluster === true) {
    config.loadFromCluster();
    return config;
  }
  const paths = (access.kubeconfig ?? '').split(delimiter).filter((path) => path !== '');
  if (paths.length === 0) throw new Failure({ is: 'setup', words: 'no kubeconfig is named and this is not a pod' });
  for (const [index, path] of paths.entries()) {
    try {
      const part = index === 0 ? config : another();
      part.loadFromFile(path);
      if (index > 0) config.mergeConfig(part, true);
    } catch (error) {
      throw new Failure({ is: 'setup', words: `the kubeconfig ${path} ${whyUnread(error)}` });
    }
  }
  if (access.context !== undefined) config.setCurrentContext(access.context);
  const context = config.getCurrentContext();
  if (config.getContextObject(context) === null) {
    const known = config.getContexts().map(({ name }) => name);
    throw new Failure({
      is: 'setup',
      words: `the kubeconfig has no context ${context ? `"${context}"` : 'that is current'} (it has ${known.join(', ') || 'none'})`,
    });
  }
  // Without its user the library also forgets the certificate authority and sends requests as nobody.
  if (config.getCurrentCluster() === null || config.getCurrentUser() === null) {
    throw new Failure({ is: 'setup', words: `context "${context}" names a cluster or user that the kubeconfig lacks` });
  }
  return config;
}

/** The first words of a parser's complaint could be a secret of the file, so only the kind of trouble is told. */
function whyUnread(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'does not exist';
  return typeof code === 'string' ? `cannot be read (${code})` : 'is not a kubeconfig';
}

function serverOf(config: KubeConfig): URL {
  const cluster = config.getCurrentCluster();
  const text = cluster?.server ?? '';
  if (!URL.canParse(text) || text.includes('undefined')) {
    throw new Failure({ is: 'setup', words: 'the cluster settings give no API server address' });
  }
  const url = new URL(text);
  if (url.protocol === 'http:' && cluster?.skipTLSVerify !== true) {
    throw new Failure({
      is: 'setup',
      words: 'its address begins with http:// and the kubeconfig does not say insecure-skip-tls-verify',
    });
  }
  return url;
}

/** Puts the credentials on a request. A credential plugin has no deadline of its own in the library. */
async function authenticate(config: KubeConfig, request: RequestContext, clock: Clock, ms: number): Promise<void> {
  const done = new AbortController();
  const late = clock.sleep(ms, done.signal).then(() => 'late' as const);
  try {
    const first = await Promise.race([config.applySecurityAuthentication(request), late]);
    if (first === 'late') throw new Failure({ is: 'setup', words: 'the credential plugin did not answer in time' });
  } catch (error) {
    if (error instanceof Failure) throw error;
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
    throw new Failure({ is: 'setup', words: `the credentials that the cluster settings name cannot be read${code}` });
  } finally {
    done.abort();
  }
}
