package dev.tallyman.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.api.access.Access;
import dev.tallyman.api.access.Role;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.api.authorization.Sessions;
import dev.tallyman.api.message.Response;
import dev.tallyman.core.poll.WatchedStore;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AccessTest {
  private static final String READ = "/api/v1/openapi.json";
  private static final String SESSION = "/api/v1/session";

  private static final String COOKIE = Sessions.COOKIE;

  private final Fixture fixture = new Fixture();

  @Test
  void aTokenHas256RandomBitsAndIsKnownByItsHash() {
    var token = Tokens.create(Role.OPERATOR, new SecureRandom());

    assertThat(token.text()).matches("tly_o_[A-Za-z0-9_-]{43}");
    assertThat(token.hash()).isEqualTo(Tokens.hash(token.text())).matches("[0-9a-f]{64}");
    assertThat(token.toString()).doesNotContain(token.text());
    assertThat(Tokens.claimed(token.text())).contains(Role.OPERATOR);
    assertThat(Tokens.claimed("tly_o_short")).isEmpty();
    assertThatThrownBy(() -> Tokens.create(Role.NONE, new SecureRandom()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readingNeedsATokenAndTheAnswerSaysHowToGetOne() {
    var response = ask(Asking.get(READ));

    assertThat(response.status()).isEqualTo(401);
    assertThat(response.header("WWW-Authenticate")).contains("Bearer realm=\"tallyman\"");
    assertThat(Asking.member(response, "error.message")).asString().contains("tallyman token new");
    assertThat(ask(Asking.get(READ).token(Fixture.VIEWER.text())).status()).isEqualTo(200);
    assertThat(ask(Asking.get(READ).token(Fixture.OPERATOR.text())).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Basic YTpi", "Bearer", "Bearer ", "Bearer tly_v_x"})
  void aWrongTokenOpensNothing(String authorization) {
    var response = ask(Asking.get(READ).with("Authorization", authorization));

    assertThat(response.status()).isEqualTo(401);
    assertThat(Asking.member(response, "error.code")).isEqualTo("invalid_token");
  }

  @Test
  void aWithdrawnTokenOpensNothing() {
    fixture.access.set(
        new Access(Set.of(), Set.of(Fixture.OPERATOR.hash()), false, false, Set.of()));

    assertThat(ask(Asking.get(READ).token(Fixture.VIEWER.text())).status()).isEqualTo(401);
  }

  @Test
  void anonymousReadOpensReadingOnly() {
    fixture.access.set(
        new Access(Set.of(), Set.of(Fixture.OPERATOR.hash()), false, true, Set.of()));

    assertThat(ask(Asking.get(READ)).status()).isEqualTo(200);
  }

  @Test
  void anAccessRefusesWhatIsNoHashAndNoOrigin() {
    assertThatThrownBy(
            () -> new Access(Set.of(Fixture.VIEWER.text()), Set.of(), false, false, Set.of()))
        .hasMessageContaining("tallyman token new")
        .hasMessageNotContaining(Fixture.VIEWER.text());
    assertThatThrownBy(() -> new Access(Set.of(), Set.of(), false, false, Set.of("example.com/x")))
        .hasMessageContaining("https://");
  }

  @Test
  void listeningBeyondThisMachineNeedsTokens() {
    assertThat(fixture.access.get().refusal(false)).isEmpty();
    fixture.open(Set.of());
    assertThat(fixture.access.get().refusal(true)).isEmpty();
    assertThat(fixture.access.get().refusal(false).orElseThrow()).contains("tallyman token new");
  }

  @Nested
  final class OnThisMachine {
    @Test
    void noTokenIsNeededWhereThatIsConfigured() {
      fixture.open(Set.of());

      assertThat(ask(Asking.get(READ).fromThisMachine()).status()).isEqualTo(200);
      assertThat(ask(Asking.get(READ)).status()).isEqualTo(401);
    }

    @Test
    void aTokenIsNeededOnceThereIsOne() {
      fixture.access.set(
          new Access(Set.of(Fixture.VIEWER.hash()), Set.of(), true, false, Set.of()));

      assertThat(ask(Asking.get(READ).fromThisMachine()).status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "127.0.0.1.evil.example.com",
          "evil.example.com",
          "localhost:x",
          "evil.localhost",
          "localhost.",
          "127.0.0.2:8080"
        })
    void anotherNameForThisMachineIsNotTrusted(String host) {
      fixture.open(Set.of());

      assertThat(ask(Asking.get(READ).fromThisMachine().with("Host", host)).status())
          .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "Forwarded",
          "Via",
          "X-Forwarded-For",
          "X-Forwarded-Host",
          "X-Forwarded-Proto",
          "x-forwarded-anything",
          "X-Real-IP",
          "True-Client-IP",
          "Cf-Connecting-Ip"
        })
    void whatAProxyHereForwardsIsNotTrusted(String header) {
      fixture.open(Set.of());

      assertThat(ask(Asking.get(READ).fromThisMachine().with(header, "1.2.3.4")).status())
          .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer sk-admin-whatever", "Bearer tly_v_x", "Basic YTpi", "x", ""})
    void aKeyIsIgnoredAsLongAsNoTokenIsConfigured(String authorization) {
      fixture.open(Set.of());
      var local = Asking.get(READ).fromThisMachine().with("Authorization", authorization);

      assertThat(ask(local).status()).isEqualTo(200);
      assertThat(ask(local.with("Via", "1.1 proxy")).status()).isEqualTo(401);
      assertThat(ask(local.with("Host", "evil.example.com")).status()).isEqualTo(401);
      assertThat(ask(Asking.get(READ).with("Authorization", authorization)).status())
          .isEqualTo(401);
      fixture.access.set(
          new Access(Set.of(Fixture.VIEWER.hash()), Set.of(), true, false, Set.of()));
      assertThat(ask(local).status()).isEqualTo(401);
    }

    @Test
    void aKeyThatIsIgnoredProvesNothingForAPageElsewhere() {
      fixture.open(Set.of());
      var change =
          Asking.of("PUT", "/api/v1/settings")
              .json("{}")
              .fromThisMachine()
              .with("Authorization", "Bearer sk-admin-whatever");

      assertThat(ask(change).status()).isEqualTo(200);
      assertThat(ask(change.with("Origin", "http://127.0.0.1:8080")).status()).isEqualTo(200);
      assertThat(ask(change.with("Origin", "https://evil.example.com")).status()).isEqualTo(403);
      assertThat(ask(change.with("Origin", "null")).status()).isEqualTo(403);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Origin", "Authorization", "Host"})
  void whatDecidesWhoAsksIsSentOnce(String header) {
    fixture.open(Set.of());
    var asking = Asking.of("PUT", "/api/v1/settings").json("{}").fromThisMachine();
    String value = "Host".equals(header) ? "127.0.0.1:8080" : "http://127.0.0.1:8080";

    var once = ask(asking.with(header, value));
    var twice = ask(asking.with(header, value, "https://evil.example.com"));
    assertThat(once.status()).isEqualTo(200);
    assertThat(twice.status()).isEqualTo(400);
    assertThat(Asking.member(twice, "error.code")).isEqualTo("repeated_header");
    assertThat(Asking.member(twice, "error.message")).asString().contains(header);
  }

  @Test
  void onlyWhatHasTheFormOfATokenOpens() {
    for (String weak : java.util.List.of("test", "", "tly_v_short", "tly_x_" + "a".repeat(43))) {
      fixture.access.set(new Access(Set.of(), Set.of(Tokens.hash(weak)), false, false, Set.of()));

      assertThat(ask(Asking.get(READ).token(weak)).status()).isEqualTo(401);
      assertThat(ask(Asking.of("POST", SESSION).json("{\"token\":\"" + weak + "\"}")).status())
          .isEqualTo(401);
    }
  }

  @Test
  void theHashOfTheSampleConfigurationIsNone() {
    assertThat(Tokens.isHash("f".repeat(64))).isFalse();
    assertThatThrownBy(() -> new Access(Set.of(), Set.of("f".repeat(64)), false, false, Set.of()))
        .hasMessageContaining("tallyman token new");
  }

  @Nested
  final class BrowserSessions {
    @Test
    void aTokenBecomesACookieThatReads() {
      var opened = ask(open());
      String cookie = opened.header("Set-Cookie").orElseThrow();

      assertThat(opened.status()).isEqualTo(200);
      assertThat(Asking.member(opened, "role")).isEqualTo("viewer");
      assertThat(Asking.member(opened, "expires_at")).isEqualTo("2026-11-21T21:30:00Z");
      assertThat(opened.header("Cache-Control")).contains("private, no-store");
      assertThat(cookie)
          .endsWith("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure")
          .doesNotContain(Fixture.VIEWER.text());
      assertThat(ask(Asking.get(READ).with("Cookie", "a=b; " + value(cookie))).status())
          .isEqualTo(200);
    }

    @Test
    void theTokenMayComeAsBearerAndMustBeRight() {
      assertThat(ask(Asking.of("POST", SESSION).token(Fixture.OPERATOR.text())).status())
          .isEqualTo(200);
      assertThat(ask(Asking.of("POST", SESSION).json("{\"token\":\"x\"}")).status()).isEqualTo(401);
      assertThat(ask(Asking.of("POST", SESSION).json("{\"token\":1}")).status()).isEqualTo(400);
      assertThat(ask(Asking.of("POST", SESSION).json("[")).status()).isEqualTo(400);
      assertThat(ask(Asking.of("POST", SESSION).body(new byte[] {'{', '}'})).status())
          .isEqualTo(415);
    }

    @Test
    void onLoopbackTheCookieIsNotSecure() {
      var opened = ask(open().fromThisMachine());

      assertThat(opened.header("Set-Cookie").orElseThrow()).endsWith("; SameSite=Strict");
    }

    @Test
    void aSessionEndsAfterTwelveHours() {
      String cookie = value(ask(open()).header("Set-Cookie").orElseThrow());

      fixture.clock.advance(Duration.ofHours(12).minusSeconds(1));
      assertThat(ask(Asking.get(READ).with("Cookie", cookie)).status()).isEqualTo(200);
      fixture.clock.advance(Duration.ofSeconds(1));
      assertThat(ask(Asking.get(READ).with("Cookie", cookie)).status()).isEqualTo(401);
    }

    @Test
    void aForgedSessionOpensNothing() {
      String cookie = value(ask(open()).header("Set-Cookie").orElseThrow());
      String other = cookie.substring(0, cookie.length() - 4) + "____";

      assertThat(ask(Asking.get(READ).with("Cookie", other)).status()).isEqualTo(401);
      assertThat(ask(Asking.get(READ).with("Cookie", cookie + "0")).status()).isEqualTo(401);
      assertThat(ask(Asking.get(READ).with("Cookie", COOKIE + "=..")).status()).isEqualTo(401);
      assertThat(ask(Asking.get(READ).with("Cookie", COOKIE)).status()).isEqualTo(401);
    }

    @Test
    void nothingSecretIsStored() {
      String cookie = value(ask(open()).header("Set-Cookie").orElseThrow());
      String id = cookie.substring(COOKIE.length() + 1);
      Item stored =
          fixture
              .store
              .get(new Key("SESSION#" + Tokens.hash(id), "current"))
              .orElseThrow(AssertionError::new);

      assertThat(new String(stored.bytes().toArray(), StandardCharsets.UTF_8))
          .isEqualTo(Fixture.VIEWER.hash());
      assertThat(stored.expires()).contains(Instant.parse("2026-11-21T21:30:00Z"));
      assertThat(id)
          .hasSize(43)
          .isNotEqualTo(value(ask(open()).header("Set-Cookie").orElseThrow()));
    }

    @Test
    void aSessionLivesWhereverTheStoreIsKnown() {
      String cookie = value(ask(open()).header("Set-Cookie").orElseThrow());

      assertThat(Asking.get(READ).with("Cookie", cookie).send(fixture.over(fixture.store)).status())
          .isEqualTo(200);
    }

    @Test
    void whatProvesNothingWritesNothing() {
      var store = new WatchedStore(fixture.store);
      var routes = fixture.over(store);
      var wrong = "tly_v_" + "x".repeat(43);

      Asking.of("POST", SESSION).token(wrong).send(routes);
      Asking.of("POST", SESSION).json("{\"token\":\"" + wrong + "\"}").send(routes);
      Asking.of("DELETE", SESSION).send(routes);
      Asking.of("DELETE", SESSION).with("Cookie", COOKIE + "=" + "x".repeat(43)).send(routes);
      Asking.get(READ).with("Cookie", COOKIE + "=" + "x".repeat(43)).send(routes);

      assertThat(store.written).isEmpty();
      assertThat(store.removed).isEmpty();
    }

    @Test
    void aSessionEndsWithItsToken() {
      String cookie = value(ask(open()).header("Set-Cookie").orElseThrow());
      fixture.access.set(
          new Access(Set.of(), Set.of(Fixture.OPERATOR.hash()), false, false, Set.of()));

      assertThat(ask(Asking.get(READ).with("Cookie", cookie)).status()).isEqualTo(401);
    }

    @Test
    void closingRemovesTheCookieAndEndsEveryCopyOfIt() {
      String cookie = value(ask(open()).header("Set-Cookie").orElseThrow());
      var closed = ask(Asking.of("DELETE", SESSION).with("Cookie", cookie));

      assertThat(closed.status()).isEqualTo(204);
      assertThat(closed.header("Set-Cookie").orElseThrow()).contains("=; Path=/; Max-Age=0;");
      assertThat(ask(Asking.get(READ).with("Cookie", cookie)).status()).isEqualTo(401);
      assertThat(ask(Asking.of("DELETE", SESSION).with("Cookie", cookie)).status()).isEqualTo(204);
    }

    @Test
    void anotherSitesPageCannotOpenOne() {
      assertThat(ask(open().with("Origin", "https://evil.example.com")).status()).isEqualTo(403);
      assertThat(ask(open().with("Origin", "null")).status()).isEqualTo(403);
      assertThat(ask(open().encrypted().with("Origin", "https://tally.example.com")).status())
          .isEqualTo(200);
      assertThat(ask(open().encrypted().with("Origin", "http://tally.example.com")).status())
          .isEqualTo(403);
    }

    private Asking open() {
      return Asking.of("POST", SESSION).json("{\"token\":\"" + Fixture.VIEWER.text() + "\"}");
    }

    private static String value(String cookie) {
      return cookie.substring(0, cookie.indexOf(';'));
    }
  }

  @Nested
  final class OtherSites {
    private static final String SITE = "https://costs.example.com";

    @Test
    void readNothingUnlessTheyAreConfigured() {
      var response = ask(Asking.get("/api/health").with("Origin", SITE));

      assertThat(response.headers()).doesNotContainKey("Access-Control-Allow-Origin");
    }

    @Test
    void areNamedInTheAnswerWhereTheyAreConfigured() {
      fixture.open(Set.of(SITE));
      var response = ask(Asking.get("/api/health").with("Origin", SITE));
      var other = ask(Asking.get("/api/health").with("Origin", "https://evil.example.com"));

      assertThat(response.header("Access-Control-Allow-Origin")).contains(SITE);
      assertThat(response.header("Vary").orElseThrow()).contains("Origin");
      assertThat(other.header("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void askBeforeTheyAsk() {
      fixture.open(Set.of(SITE));
      var response =
          ask(
              Asking.of("OPTIONS", "/api/health")
                  .with("Origin", SITE)
                  .with("Access-Control-Request-Method", "GET"));

      assertThat(response.status()).isEqualTo(204);
      assertThat(response.header("Access-Control-Allow-Methods")).contains("GET, HEAD, OPTIONS");
      assertThat(response.header("Access-Control-Allow-Headers").orElseThrow())
          .contains("Authorization");
      assertThat(response.header("Access-Control-Max-Age")).contains("86400");
    }
  }

  private Response ask(Asking asking) {
    return asking.send(fixture.routes);
  }
}
