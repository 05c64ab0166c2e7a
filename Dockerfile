# One Webphone process. The default is everything in one, as ./run starts it; --build-arg ENGINE=Orleans makes what docker-compose.yml
# runs several of.
FROM node:22-slim AS app
WORKDIR /source
COPY WebFrontend/ClientApp .
RUN npm ci --no-audit --no-fund && npm run build

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG ENGINE=InProcess
WORKDIR /source
COPY . .
RUN dotnet publish Silo -c Release -p:Engine=$ENGINE -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# Opus is transcoded where the system has libopus; SQLite is the system's patched one.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libopus0 libsqlite3-0 curl \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir /data && chown $APP_UID /data
COPY --from=build /app /app
COPY --from=app /source/dist /app/app
USER $APP_UID
VOLUME /data
ENV WEBPHONE_DATA=/data WEBPHONE_BIND=0.0.0.0
EXPOSE 5060/udp 5060/tcp 5061/tcp 8080/tcp 10000/udp 10000/tcp 20000-29999/udp
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD curl -fs http://127.0.0.1:8080/healthz || exit 1
ENTRYPOINT ["dotnet", "/app/Webphone.Silo.dll"]
