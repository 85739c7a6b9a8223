// `ip route show PREFIX` lists only the routes of exactly that prefix (`root` and `match` would list more):
// https://man7.org/linux/man-pages/man8/ip-route.8.html
import { probe } from './probe.ts';
import { routesOf } from './text/route.ts';

/** Routes of one IPv4 prefix in table main, in kernel order; `{routes: []}` when there is none. */
export const ipRoutePrefix = probe<{ readonly prefix: string }, { readonly routes: ReturnType<typeof routesOf> }>({
  id: 'ip-route-prefix',
  reads: 'the routes of one prefix',
  cheap: false,
  argv: ({ prefix }) => ['ip', '-4', 'route', 'show', prefix, 'table', 'main'],
  parse: (text) => ({ routes: routesOf(text) }),
});
