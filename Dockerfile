# The console is built with everything; the service runs from its sources with what it needs and no more.
FROM node:24-slim AS console
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY vite.config.ts tsconfig.json ./
COPY src ./src
RUN npm run build

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The optional packages bring another Node; the image has one.
RUN npm ci --omit=dev --omit=optional

FROM node:24-slim
LABEL org.opencontainers.image.title="Shouwang" \
      org.opencontainers.image.description="Watches over older people who live alone" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    SHOUWANG_DATA_DIR=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY devices ./devices
COPY simulators ./simulators
# As it stands where the image is made: keys written into channels.yaml or service.yaml would go with it. Make images from a
# clean checkout, and mount the configuration of the place over it, as docker-compose.yml does.
COPY config ./config
COPY src ./src
COPY docker/alive.js ./docker/alive.js
COPY --from=console /app/dist ./dist
RUN ln -s /app/src/launch.js /usr/local/bin/shouwang \
 && install -d -o node -g node -m 700 /data
USER node
VOLUME /data
EXPOSE 8080 1883 8083 8883
# Alive, not ready: whoever restarts unhealthy containers (Swarm, autoheal) must not end a service that waits for its database.
# A start that brings the tables of a large site up to date listens to nobody for minutes, and is not cut short for that.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60m --retries=3 CMD ["node", "docker/alive.js"]
CMD ["node", "--max-semi-space-size=16", "src/main.ts", "start", "--config", "/app/config"]
