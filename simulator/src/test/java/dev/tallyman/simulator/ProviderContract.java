package dev.tallyman.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an API must do to be read as OpenAI's Usage and Costs APIs, checked over real sockets
 * against a base URL. Taken from the openapi specification of August 2026 and from recorded answers
 * of the real API.
 */
public abstract class ProviderContract {
  private static final long HOUR = 3600;
  private static final long DAY = 24 * HOUR;
  static final String INVALID = "invalid_request_error";

  Web web = new Web(URI.create("http://localhost"));

  /** The server's base URL, with the version, without a slash at the end. */
  protected abstract URI baseUrl();

  /** A key that may read everything. */
  protected abstract String adminKey();

  /** What the server takes for the present; there is usage in the seven days before. */
  protected abstract Instant now();

  @BeforeEach
  final void connect() {
    web = new Web(baseUrl());
  }

  @AfterEach
  final void disconnect() {
    web.close();
  }

  final Web.Page ask(String pathAndQuery) {
    return web.get(pathAndQuery, "Authorization", "Bearer " + adminKey());
  }

  private static String usage(Known endpoint, String query) {
    return "/organization/usage/" + endpoint.id() + "?" + query;
  }

  final long today() {
    return Math.floorDiv(now().getEpochSecond(), DAY) * DAY;
  }

  private static String widest(Known endpoint) {
    return endpoint.groupings().stream()
        .map(dimension -> "&group_by[]=" + dimension.field())
        .collect(Collectors.joining())
        .replace("[]", "%5B%5D");
  }

  static void refused(Web.Page page, int status, String type) {
    assertThat(page.status()).as(page.response().body()).isEqualTo(status);
    assertThat(page.error()).containsOnlyKeys("message", "type", "param", "code");
    assertThat(page.error()).containsEntry("type", type);
    assertThat(page.error().get("message")).asString().isNotBlank();
  }

  @Test
  void aRequestWithoutAKeyIsRefused() {
    refused(web.get(usage(Known.COMPLETIONS, "start_time=" + today())), 401, INVALID);
  }

  @Test
  void aWrongKeyIsRefusedAndNotRepeated() {
    String wrong = "sk-wrong-of-some-length-1234";
    Web.Page page =
        web.get("/organization/costs?start_time=" + today(), "Authorization", "Basic " + wrong);
    refused(page, 401, INVALID);
    assertThat(page.response().body()).doesNotContain(wrong);
  }

  @Test
  void everyAnswerNamesTheOrganizationAndTheRequest() {
    Web.Page page = ask(usage(Known.COMPLETIONS, "start_time=" + today()));
    assertThat(page.response().headers().firstValue("openai-organization")).isPresent();
    assertThat(page.response().headers().firstValue("x-request-id")).isPresent();
    assertThat(page.response().headers().firstValue("content-type").orElse(""))
        .startsWith("application/json");
  }

  @Test
  void whatIsNotThereIs404AndWhatIsNotAllowedIs405() {
    refused(ask("/organization/usage/realtime?start_time=" + today()), 404, INVALID);
    refused(ask("/organizations"), 404, INVALID);
    refused(
        web.send(
            "POST",
            "/organization/costs?start_time=" + today(),
            "Authorization",
            "Bearer " + adminKey()),
        405,
        INVALID);
  }

  @ParameterizedTest
  @CsvSource({"1m,60,1440", "1h,24,168", "1d,7,31"})
  void bucketsOfAPageAreLimitedByTheirWidth(String width, int standard, int most) {
    long start = today() - 40 * DAY;
    String query = "start_time=" + start + "&bucket_width=" + width;
    assertThat(ask(usage(Known.EMBEDDINGS, query)).data()).hasSize(standard);
    assertThat(ask(usage(Known.EMBEDDINGS, query + "&limit=" + most)).data()).hasSize(most);
    refused(ask(usage(Known.EMBEDDINGS, query + "&limit=" + (most + 1))), 400, INVALID);
    refused(ask(usage(Known.EMBEDDINGS, query + "&limit=0")), 400, INVALID);
  }

  @Test
  void aDayIsTheStandardWidth() {
    List<Map<String, Object>> buckets =
        ask(usage(Known.COMPLETIONS, "start_time=" + (today() - 3 * DAY) + "&end_time=" + today()))
            .data();
    assertThat(buckets).hasSize(3);
    assertThat(Web.number(buckets.getFirst(), "end_time")).isEqualTo(today() - 2 * DAY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "start_time=yesterday",
        "start_time=1700000000&bucket_width=2h",
        "start_time=1700000000&limit=many",
        "start_time=1700000000&end_time=1600000000",
        "start_time=1700000000&group_by=colour",
        "start_time=1700000000&group_by=size",
        "start_time=1700000000&batch=perhaps"
      })
  void badParametersAreRefused(String query) {
    refused(ask(usage(Known.COMPLETIONS, query)), 400, INVALID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "colours%5B%5D=red",
        "group%5B%5D=model",
        "line_items%5B%5D=whisper",
        "vector_store_ids=vs_1",
        "sizes[0]=1024x1024"
      })
  void aFilterThatIsNotKnownIsRefusedByName(String filter) {
    String encoded = filter.replace("[", "%5B").replace("]", "%5D");
    Web.Page page = ask(usage(Known.COMPLETIONS, "start_time=" + today() + "&" + encoded));
    refused(page, 400, INVALID);
    assertThat(page.response().body()).contains(filter.split("[%=\\[]", -1)[0]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"models%5B%5D=gpt-5", "line_item=whisper", "user_ids=u", "batch=true"})
  void aFilterOfCostsThatIsNotKnownIsRefusedByName(String filter) {
    Web.Page page = ask("/organization/costs?start_time=" + (today() - DAY) + "&" + filter);
    refused(page, 400, INVALID);
    assertThat(page.response().body()).contains(filter.split("[%=]", -1)[0]);
  }

  @Test
  void costsAreFilteredByTheirLineItems() {
    String span =
        "/organization/costs?start_time="
            + (today() - 6 * DAY)
            + "&end_time="
            + (today() - DAY)
            + "&group_by=line_item";
    List<Map<String, Object>> all = ask(span).results();
    String item = Web.value(all.getFirst(), "line_item").toString();
    String encoded = URLEncoder.encode(item, StandardCharsets.UTF_8);
    List<Map<String, Object>> rows = ask(span + "&line_items%5B%5D=" + encoded).results();
    assertThat(rows).isNotEmpty().hasSizeLessThan(all.size());
    assertThat(rows).allSatisfy(row -> assertThat(row).containsEntry("line_item", item));
    assertThat(total(rows))
        .isEqualByComparingTo(
            total(all.stream().filter(row -> item.equals(row.get("line_item"))).toList()));
    assertThat(ask(span + "&line_items%5B%5D=nonsense").results()).isEmpty();
  }

  @Test
  void eachEndpointKnowsItsGroupingsOnly() {
    for (Known endpoint : Known.values()) {
      for (Dimension dimension : Dimension.values()) {
        Web.Page page =
            ask(usage(endpoint, "start_time=" + today() + "&group_by=" + dimension.field()));
        int expected = endpoint.groupings().contains(dimension) ? 200 : 400;
        assertThat(page.status()).as("%s by %s", endpoint, dimension).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "group_by%5B%5D=model&group_by%5B%5D=project_id",
        "group_by[]=model&group_by[]=project_id",
        "group_by=model&group_by=project_id",
        "group_by=model,project_id"
      })
  void groupingsAreUnderstoodHoweverTheyAreWritten(String grouping) {
    // Brackets may be sent raw, which java.net.URI does not parse.
    String encoded = grouping.replace("[", "%5B").replace("]", "%5D");
    List<Map<String, Object>> rows =
        ask(usage(
                Known.COMPLETIONS,
                "start_time="
                    + (today() - 3 * DAY)
                    + "&end_time="
                    + (today() - DAY)
                    + "&"
                    + encoded))
            .results();
    assertThat(rows).hasSizeGreaterThan(1);
    assertThat(rows).allSatisfy(row -> assertThat(row.get("model")).isNotNull());
    assertThat(rows).allSatisfy(row -> assertThat(row.get("project_id")).isNotNull());
    assertThat(rows).allSatisfy(row -> assertThat(row.get("user_id")).isNull());
    assertThat(rows).allSatisfy(row -> assertThat(row.get("batch")).isNull());
  }

  @ParameterizedTest
  @EnumSource(Known.class)
  void everyEndpointHasUsageOfItsOwnKind(Known endpoint) {
    long start = today() - 7 * DAY;
    Web.Page page =
        ask(
            usage(
                endpoint,
                "start_time=" + start + "&end_time=" + today() + "&limit=7" + widest(endpoint)));
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.json()).containsEntry("object", "page");
    assertThat(page.results()).isNotEmpty();
    String object =
        switch (endpoint) {
          case FILE_SEARCH_CALLS -> "organization.usage.file_searches.result";
          case WEB_SEARCH_CALLS -> "organization.usage.web_searches.result";
          default -> "organization.usage." + endpoint.id() + ".result";
        };
    List<String> required =
        switch (endpoint) {
          case COMPLETIONS -> List.of("input_tokens", "output_tokens", "num_model_requests");
          case EMBEDDINGS, MODERATIONS -> List.of("input_tokens", "num_model_requests");
          case IMAGES -> List.of("images", "num_model_requests");
          case AUDIO_SPEECHES -> List.of("characters", "num_model_requests");
          case AUDIO_TRANSCRIPTIONS -> List.of("seconds", "num_model_requests");
          case VECTOR_STORES -> List.of("usage_bytes");
          case CODE_INTERPRETER_SESSIONS -> List.of("num_sessions");
          case FILE_SEARCH_CALLS -> List.of("num_requests");
          case WEB_SEARCH_CALLS -> List.of("num_requests", "num_model_requests");
        };
    for (Map<String, Object> row : page.results()) {
      assertThat(row).containsEntry("object", object).containsKeys(required.toArray(String[]::new));
    }
    for (Dimension dimension : endpoint.groupings()) {
      assertThat(page.results())
          .as(dimension.field())
          .anySatisfy(row -> assertThat(row.get(dimension.field())).isNotNull());
    }
  }

  @Test
  void tokenCountersAddUp() {
    List<Map<String, Object>> rows =
        ask(usage(
                Known.COMPLETIONS,
                "start_time="
                    + (today() - 3 * DAY)
                    + "&bucket_width=1h&limit=72"
                    + widest(Known.COMPLETIONS)))
            .results();
    assertThat(rows).isNotEmpty();
    var full = rows.stream().filter(row -> row.containsKey("input_uncached_tokens")).toList();
    assertThat(full).isNotEmpty();
    for (Map<String, Object> row : full) {
      assertThat(Web.number(row, "input_tokens"))
          .isEqualTo(
              sum(row, "input_cached_tokens", "input_cache_write_tokens", "input_uncached_tokens"));
      assertThat(Web.number(row, "input_uncached_tokens"))
          .isEqualTo(sum(row, "input_text_tokens", "input_audio_tokens", "input_image_tokens"));
      assertThat(Web.number(row, "input_cached_tokens"))
          .isEqualTo(
              sum(
                  row,
                  "input_cached_text_tokens",
                  "input_cached_audio_tokens",
                  "input_cached_image_tokens"));
      assertThat(Web.number(row, "output_tokens"))
          .isEqualTo(sum(row, "output_text_tokens", "output_audio_tokens", "output_image_tokens"));
      assertThat(Web.number(row, "num_model_requests")).isPositive();
    }
  }

  private static long sum(Map<String, Object> row, String... fields) {
    long sum = 0;
    for (String field : fields) {
      sum += Web.number(row, field);
    }
    return sum;
  }

  @Test
  void bucketsAscendWithoutGapsAndTheFirstAndTheLastAreCut() {
    long start = today() - 2 * DAY + 2 * HOUR + 183;
    List<Map<String, Object>> buckets = ask(usage(Known.COMPLETIONS, "start_time=" + start)).data();
    assertThat(buckets).hasSize(now().getEpochSecond() > today() ? 3 : 2);
    assertThat(buckets).allSatisfy(bucket -> assertThat(bucket).containsEntry("object", "bucket"));
    assertThat(Web.number(buckets.getFirst(), "start_time"))
        .isEqualTo(Math.floorDiv(start, 60L) * 60);
    assertThat(Web.number(buckets.getFirst(), "end_time")).isEqualTo(today() - DAY);
    for (int i = 1; i < buckets.size(); i++) {
      assertThat(Web.number(buckets.get(i), "start_time"))
          .isEqualTo(Web.number(buckets.get(i - 1), "end_time"));
    }
    assertThat(Web.number(buckets.getLast(), "end_time"))
        .isBetween(now().getEpochSecond() - 600, now().getEpochSecond() + 600);
  }

  @Test
  void timeWithoutUsageIsAnEmptyBucket() {
    List<Map<String, Object>> buckets =
        ask(usage(Known.COMPLETIONS, "start_time=1262304000&end_time=1262563200")).data();
    assertThat(buckets).hasSize(3);
    assertThat(buckets).allSatisfy(b -> assertThat(Web.maps(b, "results")).isEmpty());
  }

  @Test
  void aCoarserWidthOrGroupingSaysTheSameInSum() {
    long start = today() - 2 * DAY;
    String span = "start_time=" + start + "&end_time=" + (start + DAY);
    String hours = span + "&bucket_width=1h&limit=24";
    for (String field : List.of("input_tokens", "output_tokens", "num_model_requests")) {
      long day = total(usage(Known.COMPLETIONS, span), field);
      assertThat(day).isPositive();
      assertThat(total(usage(Known.COMPLETIONS, hours), field)).isEqualTo(day);
      assertThat(total(usage(Known.COMPLETIONS, hours + widest(Known.COMPLETIONS)), field))
          .isEqualTo(day);
      assertThat(total(usage(Known.COMPLETIONS, span + "&bucket_width=1m&limit=1440"), field))
          .isEqualTo(day);
      assertThat(
              total(usage(Known.COMPLETIONS, span + "&batch=true"), field)
                  + total(usage(Known.COMPLETIONS, span + "&batch=false"), field))
          .isEqualTo(day);
    }
  }

  private long total(String pathAndQuery, String field) {
    return ask(pathAndQuery).results().stream().mapToLong(row -> Web.number(row, field)).sum();
  }

  @Test
  void aFilterKeepsOnlyWhatItNames() {
    String span = "start_time=" + (today() - 3 * DAY) + "&end_time=" + today();
    String byModel = span + "&group_by[]=model".replace("[]", "%5B%5D");
    List<Map<String, Object>> all = ask(usage(Known.COMPLETIONS, byModel)).results();
    String model = Web.value(all.getFirst(), "model").toString();
    List<Map<String, Object>> rows =
        ask(usage(Known.COMPLETIONS, byModel + "&models%5B%5D=" + model)).results();
    assertThat(rows).isNotEmpty();
    assertThat(rows).allSatisfy(row -> assertThat(row).containsEntry("model", model));
    assertThat(all.stream().filter(row -> model.equals(row.get("model"))).toList())
        .containsExactlyElementsOf(rows);
    assertThat(ask(usage(Known.COMPLETIONS, span + "&project_ids%5B%5D=proj_unknown")).results())
        .isEmpty();
  }

  @Test
  void pagesOfACursorAreOneAnswerInParts() {
    long start = today() - 5 * DAY;
    String query = "start_time=" + start + "&end_time=" + today() + "&limit=2";
    List<Map<String, Object>> whole =
        ask(usage(Known.COMPLETIONS, query.replace("limit=2", "limit=5"))).data();
    var parts = new ArrayList<Map<String, Object>>();
    String page = "";
    for (int i = 0; i < 3; i++) {
      Web.Page part = ask(usage(Known.COMPLETIONS, query + page));
      parts.addAll(part.data());
      assertThat(part.json()).containsEntry("has_more", i < 2);
      if (i < 2) {
        String token = Web.value(part.json(), "next_page").toString();
        assertThat(nextOf(token)).isEqualTo(start + (i + 1) * 2L * DAY);
        page = "&page=" + token;
      } else {
        assertThat(part.json()).containsEntry("next_page", null);
      }
    }
    assertThat(parts).isEqualTo(whole);
  }

  /** Where a page token goes on, by the form that tokens of the real API have. */
  private static long nextOf(String token) {
    assertThat(token).startsWith("page_");
    byte[] bytes = Base64.getDecoder().decode(token.substring("page_".length()));
    assertThat(bytes).hasSize(20);
    return ByteBuffer.wrap(bytes).getLong(12);
  }

  @ParameterizedTest
  @CsvSource({
    "page_AAAAAGdGxdEiJdKOAAAAAGcqsYA=,2024-11-06T00:00:00Z",
    "page_AAAAAGk9P4XXKcmpAAAAAGWDgAA=,2023-12-21T00:00:00Z",
    "page_AAAAAGpY30vJnSVZAAAAAGo4ewA=,2026-06-22T00:00:00Z"
  })
  void tokensOfTheRealApiDecodeAndAreNotOurs(String token, Instant next) {
    assertThat(nextOf(token)).isEqualTo(next.getEpochSecond());
    Web.Page page = ask("/organization/costs?start_time=1600000000&page=" + token);
    refused(page, 400, INVALID);
    assertThat(page.error())
        .containsEntry(
            "message", "The page token is invalid, have you modified the query parameters?")
        .containsEntry("code", INVALID);
  }

  @Test
  void aTokenIsBoundToItsQuestion() {
    String query = "start_time=" + (today() - 5 * DAY) + "&end_time=" + today();
    String token =
        Web.value(ask(usage(Known.COMPLETIONS, query + "&limit=2")).json(), "next_page").toString();
    refused(ask(usage(Known.COMPLETIONS, query + "&limit=3&page=" + token)), 400, INVALID);
    refused(ask(usage(Known.COMPLETIONS, query + "&limit=2&page=page_x")), 400, INVALID);
  }

  @Test
  void costsAreByTheDayOnly() {
    String start = "/organization/costs?start_time=" + (today() - 40 * DAY);
    assertThat(ask(start).data()).hasSize(7);
    assertThat(ask(start + "&limit=180").data()).hasSizeBetween(40, 41);
    refused(ask(start + "&limit=181"), 400, INVALID);
    refused(ask(start + "&bucket_width=1h"), 400, INVALID);
    refused(ask(start + "&group_by=model"), 400, INVALID);
    refused(ask("/organization/costs"), 400, INVALID);
  }

  @Test
  void amountsOfCostsAreExactInAnyGrouping() {
    String span =
        "/organization/costs?start_time=" + (today() - 6 * DAY) + "&end_time=" + (today() - DAY);
    List<Map<String, Object>> finest =
        ask(span + "&group_by=project_id&group_by=line_item&group_by=api_key_id").results();
    assertThat(finest).isNotEmpty();
    BigDecimal total = total(finest);
    assertThat(total).isPositive();
    for (String grouping : List.of("", "&group_by=line_item", "&group_by=project_id,api_key_id")) {
      assertThat(total(ask(span + grouping).results())).as(grouping).isEqualByComparingTo(total);
    }
    assertThat(finest)
        .allSatisfy(row -> assertThat(row).containsEntry("object", "organization.costs.result"))
        .allSatisfy(row -> assertThat(row.get("line_item")).isNotNull());
    Set<Object> units = new HashSet<>();
    finest.forEach(row -> units.add(row.get("quantity_unit")));
    assertThat(units)
        .isSubsetOf(
            null,
            "tokens",
            "1000_tokens",
            "duration_seconds",
            "duration_minutes",
            "duration_hours",
            "gibibyte_hours",
            "images",
            "characters");
    assertThat(ask(span).results())
        .allSatisfy(row -> assertThat(row.get("quantity")).isNull())
        .allSatisfy(row -> assertThat(row.get("line_item")).isNull());
  }

  private static BigDecimal total(List<Map<String, Object>> rows) {
    BigDecimal total = BigDecimal.ZERO;
    for (Map<String, Object> row : rows) {
      BigDecimal amount = new BigDecimal(Web.value(Web.map(row, "amount"), "value").toString());
      // 0E-6176 has been seen: adding it as it is would give a number of 6171 digits.
      total = amount.signum() == 0 ? total : total.add(amount.stripTrailingZeros());
    }
    return total;
  }
}
