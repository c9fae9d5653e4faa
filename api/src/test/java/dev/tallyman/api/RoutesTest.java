package dev.tallyman.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.api.message.Request;
import dev.tallyman.api.message.Response;
import dev.tallyman.api.site.Site;
import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RoutesTest {
  private final Fixture fixture = new Fixture();

  @Test
  void healthNeedsNoTokenAndComesInBothForms() {
    assertThat(Asking.member(ask(Asking.get("/health")), "timestamp")).isEqualTo(1795253400000L);
    assertThat(Asking.member(ask(Asking.get("/api/health")), "timestamp"))
        .isEqualTo("2026-11-21T09:30:00Z");
    assertThat(Asking.member(ask(Asking.get("/")), "status")).isEqualTo("running");
  }

  @Test
  void healthWritesSeldomAndSaysWhenThatFails() {
    var puts = new AtomicInteger();
    var failing = new AtomicBoolean();
    var routes = fixture.over(probed(puts, failing));

    for (int i = 0; i < 100; i++) {
      var healthy = Asking.get("/health").send(routes);
      assertThat(healthy.status()).isEqualTo(200);
      assertThat(Asking.member(healthy, "status")).isEqualTo("ok");
      assertThat(Asking.member(healthy, "store"))
          .isEqualTo(Map.of("status", "ok", "as_of", "2026-11-21T09:30:00Z"));
    }
    assertThat(puts).hasValue(1);

    failing.set(true);
    fixture.clock.advance(Duration.ofSeconds(10));
    for (String path : List.of("/health", "/api/health")) {
      var sick = Asking.get(path).send(routes);
      assertThat(sick.status()).isEqualTo(503);
      assertThat(Asking.member(sick, "status")).isEqualTo("failed");
      assertThat(Asking.member(sick, "store"))
          .isEqualTo(Map.of("status", "failed", "as_of", "2026-11-21T09:30:10Z"));
      assertThat(Asking.text(sick)).doesNotContain("/secret/place");
      assertThat(Asking.of("HEAD", path).send(routes).status()).isEqualTo(503);
    }
    assertThat(puts).hasValue(2);

    failing.set(false);
    fixture.clock.advance(Duration.ofSeconds(1));
    assertThat(Asking.get("/health").send(routes).status()).isEqualTo(200);
  }

  /** The fixture's store, whose probes are counted and may fail. */
  private Store probed(AtomicInteger probes, AtomicBoolean failing) {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (_, method, arguments) -> {
              if (method.getName().equals("probe")) {
                probes.incrementAndGet();
                if (failing.get()) {
                  throw new StoreException("cannot write /secret/place", false);
                }
              }
              return method.invoke(fixture.store, arguments);
            });
  }

  @Test
  void anItemThatCannotBeReadIsAStoreThatFails() {
    fixture.store.put(
        new Item(
            new Key("SETTINGS", "document"), 99, Optional.empty(), Bytes.copyOf(new byte[] {0, 9})),
        new Condition.Always());

    var response = ask(Asking.get("/api/v1/settings").token(Fixture.VIEWER.text()));

    assertThat(response.status()).isEqualTo(503);
    assertThat(Asking.member(response, "error.code")).isEqualTo("store_failed");
    assertThat(Asking.text(response)).contains("tallyman doctor").doesNotContain("SETTINGS");
  }

  @Test
  void headSaysWhatGetWouldWithoutTheBody() {
    var got = ask(Asking.get("/api/health"));
    var head = ask(Asking.of("HEAD", "/api/health"));

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body().length()).isZero();
    assertThat(head.header("Content-Length")).contains("" + got.body().length());
    assertThat(head.header("ETag")).isEqualTo(got.header("ETag"));
  }

  @Test
  void anUnknownPathIsToldInTheFormOfItsNeighbours() {
    var compatible = ask(Asking.get("/api/nothing"));
    var own = ask(Asking.get("/api/v1/nothing"));

    assertThat(compatible.status()).isEqualTo(404);
    assertThat(Asking.member(compatible, "error")).isEqualTo("Not found");
    assertThat(Asking.member(compatible, "message")).asString().contains("/api/nothing");
    assertThat(own.status()).isEqualTo(404);
    assertThat(Asking.member(own, "error.code")).isEqualTo("not_found");
  }

  @Test
  void aWrongMethodIsToldWithThoseThatAreRight() {
    var response = ask(Asking.of("POST", "/health"));

    assertThat(response.status()).isEqualTo(405);
    assertThat(response.header("Allow")).contains("GET, HEAD, OPTIONS");
    assertThat(ask(Asking.of("BREW", "/health")).status()).isEqualTo(501);
  }

  @Test
  void optionsSaysWhatIsAllowed() {
    var response = ask(Asking.of("OPTIONS", "/api/v1/session"));

    assertThat(response.status()).isEqualTo(204);
    assertThat(response.header("Allow")).contains("DELETE, OPTIONS, POST");
    assertThat(response.header("Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void everyAnswerNamesItsRequest() {
    assertThat(ask(Asking.get("/health")).header("X-Request-Id")).contains("req-1");
    assertThat(ask(Asking.get("/nothing")).header("X-Request-Id")).contains("req-1");
  }

  @Test
  void whatIsTooLargeIsRefused() {
    assertThat(ask(Asking.get("/health?" + "a".repeat(9000))).status()).isEqualTo(414);
    assertThat(ask(Asking.get("/health").with("X-Large", "a".repeat(17_000))).status())
        .isEqualTo(431);
    var body = new byte[Request.MAX_BODY + 1];
    assertThat(ask(Asking.of("POST", "/api/v1/session").body(body)).status()).isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%00", "%4", "%c3", "%c3%28", "%ed%a0%80", "%ff", "%zz", "a b", "ä"})
  void aUrlThatIsNotEncodedUtf8IsRefused(String text) {
    var response = ask(Asking.get("/api/v1/openapi.json?x=" + text).token(Fixture.VIEWER.text()));

    assertThat(response.status()).isEqualTo(400);
    assertThat(Asking.member(response, "error.code")).isEqualTo("malformed_url");
    assertThat(Asking.member(response, "error.param")).isEqualTo("x");
    assertThat(Asking.member(response, "error.message")).asString().startsWith("x in the URL");
  }

  @Test
  void aMisspeltParameterIsRefusedWithThoseThatAreKnown() {
    var response = ask(Asking.get("/api/v1/openapi.json?%C3%A4=1").token(Fixture.VIEWER.text()));

    assertThat(response.status()).isEqualTo(400);
    assertThat(Asking.member(response, "error.param")).isEqualTo("ä");
  }

  @Test
  void anAnswerThatHasNotChangedIsNotSentAgain() {
    var first = ask(openApi());
    String tag = first.header("ETag").orElseThrow();

    var second = ask(openApi().with("If-None-Match", "\"other\", " + tag));
    assertThat(second.status()).isEqualTo(304);
    assertThat(second.body().length()).isZero();
    assertThat(second.header("ETag")).contains(tag);
    assertThat(ask(openApi().with("If-None-Match", "\"other\"")).status()).isEqualTo(200);
  }

  @Test
  void aLargeAnswerIsCompressedForThoseWhoTakeIt() {
    var plain = ask(openApi());
    var packed = ask(openApi().with("Accept-Encoding", "br, gzip;q=0.5"));

    assertThat(packed.header("Content-Encoding")).contains("gzip");
    assertThat(packed.body().length()).isLessThan(plain.body().length() / 3);
    assertThat(Asking.text(packed)).isEqualTo(Asking.text(plain));
    assertThat(packed.header("ETag")).isNotEqualTo(plain.header("ETag"));
    assertThat(packed.header("Vary").orElseThrow()).contains("Accept-Encoding");
    assertThat(
            ask(openApi()
                    .with("Accept-Encoding", "gzip")
                    .with("If-None-Match", packed.header("ETag").orElseThrow()))
                .status())
        .isEqualTo(304);
    assertThat(ask(openApi().with("Accept-Encoding", "gzip;q=0")).header("Content-Encoding"))
        .isEmpty();
  }

  @Test
  void theLogHasOneLineForEachRequestAndNoSecret() {
    ask(openApi());
    ask(Asking.get("/api/nothing?token=secret"));
    ask(Asking.get("/api/v1/openapi.json").token("tly_v_wrong-secret"));

    assertThat(fixture.log).hasSize(3);
    assertThat(fixture.log.getFirst())
        .matches(
            "\\{\"time\":\"2026-11-21T09:30:00Z\",\"method\":\"GET\",\"path\":\"/api/v1/openapi"
                + ".json\",\"route\":\"openApi\",\"status\":200,\"ms\":[0-9]+\\.[0-9]+,\"role\":\"viewer\","
                + "\"request_id\":\"req-1\"}");
    assertThat(fixture.log.get(2)).contains("\"status\":401", "\"role\":\"none\"");
    assertThat(fixture.log).noneMatch(line -> line.contains("secret") || line.contains("\n"));
  }

  @Test
  void aFailureIsNamedInTheLogButNotInTheAnswer() {
    var routes =
        new Routes(
            new Site(
                fixture.store,
                fixture.clock,
                () -> "default",
                settings -> settings,
                Fixture.PERMITS,
                () -> {
                  throw new IllegalStateException("secret");
                },
                fixture.polls,
                handled -> fixture.log.add(handled.line())));

    var response = Asking.get("/health").send(routes);

    assertThat(response.status()).isEqualTo(500);
    assertThat(Asking.text(response)).doesNotContain("secret").contains("req-1");
    assertThat(fixture.log.getFirst())
        .contains("IllegalStateException at dev.tallyman.api")
        .doesNotContain("secret");
  }

  private Asking openApi() {
    return Asking.get("/api/v1/openapi.json").token(Fixture.VIEWER.text());
  }

  private Response ask(Asking asking) {
    return asking.send(fixture.routes);
  }
}
