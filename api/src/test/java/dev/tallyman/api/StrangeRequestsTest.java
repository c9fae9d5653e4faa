package dev.tallyman.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.api.message.Route;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is sent, the answer is never that something went wrong here. */
final class StrangeRequestsTest {
  private static final int REQUESTS = 1500;
  private static final List<String> VALUES =
      List.of(
          "",
          "0",
          "1",
          "-1",
          "2147483648",
          "1e3",
          "٣",
          "null",
          "all",
          "day",
          "hour",
          "minute",
          "month",
          "cost",
          "tokens",
          "bytes",
          "requests",
          "billed",
          "project",
          "model,key",
          "group,tier",
          "model:",
          "project:proj_search",
          "key:\u0000",
          "user:user_1",
          "batch:true",
          "today",
          "now",
          "mtd",
          "7d",
          "9999d",
          "9999h",
          "0h",
          "2026-11-20",
          "+1000000-01-01",
          "-999999999-01-01",
          "2026-11-20T08:00:00Z",
          "2026-11-20T08:00:00+18:00",
          "1000000000-12-31T23:59:59Z",
          "2026-02-30",
          "Europe/Rome",
          "UTC+25",
          "Asia/Kolkata",
          "+14:00",
          "completions",
          "costs",
          "default",
          "../..",
          "#",
          "MQ",
          "MTIwMjY",
          "csv",
          "json",
          "usd",
          "€€€",
          "gpt-5",
          "💥",
          "'; DROP TABLE",
          "=1+1",
          "a".repeat(2000));

  private final Fixture fixture = new Fixture().filledSince("2026-11-19T00:00:00Z");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void areAnsweredOrRefused(long seed) {
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int i = 0; i < REQUESTS; i++) {
      var asking = strange(random);
      var response = asking.send(fixture.routes);

      assertThat(response.status())
          .as(
              "seed %s, request %s: %s %s: %s",
              seed, i, asking.method(), asking.target(), fixture.log.getLast())
          .isIn(200, 204, 304, 400, 401, 403, 404, 405, 406, 409, 412, 414, 415);
    }
  }

  private Asking strange(RandomGenerator random) {
    var table = fixture.routes.table();
    Route route = table.get(random.nextInt(table.size()));
    var target = new StringBuilder(route.path());
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      var parameters = route.parameters();
      String name =
          parameters.isEmpty() || random.nextInt(50) == 0
              ? pick(VALUES, random)
              : pick(parameters, random).name();
      target
          .append(i == 0 ? '?' : '&')
          .append(URLEncoder.encode(name, StandardCharsets.UTF_8))
          .append('=')
          .append(URLEncoder.encode(pick(VALUES, random), StandardCharsets.UTF_8));
    }
    Asking asking =
        Asking.of(random.nextInt(20) == 0 ? "GET" : route.method(), target.toString())
            .token(Fixture.OPERATOR.text());
    if (random.nextInt(3) == 0) {
      asking = asking.with("Accept", pick(List.of("text/csv", "*/*;q=x", ",;,=", ""), random));
    }
    if (random.nextInt(3) == 0) {
      asking = asking.with("If-None-Match", pick(List.of("*", "\"", "W/\"x\"", ","), random));
    }
    if (random.nextInt(3) == 0) {
      asking = asking.with("Accept-Encoding", pick(List.of("gzip", "gzip;q=", "*;q=0"), random));
    }
    return route.body().isPresent() && random.nextBoolean()
        ? asking.json(
            pick(
                List.of(
                    "{}",
                    "[]",
                    "",
                    "{\"token\":null}",
                    "{\"zones\":{}}",
                    "{\"prices\":[[]]}",
                    "{\"groups\":{\"mini\":null}}",
                    "{\"pools\":{\"projects\":[1,null]}}",
                    "\uFEFF{}",
                    "{\"retention\":{\"hours\":1e400}}",
                    "{\"a\":" + "9".repeat(300) + "}"),
                random))
        : asking;
  }

  private static <T> T pick(List<T> from, RandomGenerator random) {
    return from.get(random.nextInt(from.size()));
  }
}
