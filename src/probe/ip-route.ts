// Of two routes for one prefix with equal metric the kernel takes the one listed first (fib_trie, `fib_alias` order):
// https://man7.org/linux/man-pages/man8/ip-route.8.html and https://docs.kernel.org/networking/fib_trie.html
import { probe } from './probe.ts';
import { routesOf } from './text/route.ts';

export type { NextHop, Route } from './text/route.ts';

/** Table main of IPv4, in kernel order. */
export const ipRoute = probe({
  id: 'ip-route',
  reads: 'the routes of table main',
  cheap: true,
  argv: () => ['ip', '-4', 'route', 'show', 'table', 'main'],
  parse: (text) => ({ routes: routesOf(text) }),
});
