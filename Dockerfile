# The program is TypeScript that Node runs as it is, so nothing is built: one stage fetches what it depends on, the other
# carries it. The base image has Node already; the Node that npm brings for machines without one is left out.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json manifest.yml ./
COPY playbooks playbooks
COPY src src
# The journal's place; a volume is mounted there.
RUN install -d -o node -g node /var/lib/netdiag
USER node
CMD ["node", "src/main.ts", "serve"]
