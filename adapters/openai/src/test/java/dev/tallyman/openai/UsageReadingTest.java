package dev.tallyman.openai;

import static dev.tallyman.openai.Harness.FROM;
import static dev.tallyman.openai.Harness.hour;
import static dev.tallyman.openai.Harness.page;
import static dev.tallyman.openai.Harness.row;
import static dev.tallyman.openai.ScriptedProvider.chunked;
import static dev.tallyman.openai.ScriptedProvider.gzip;
import static dev.tallyman.openai.ScriptedProvider.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tallyman.core.poll.records.Defect;
import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Complete;
import dev.tallyman.core.poll.records.ReadOutcome.Failed;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import dev.tallyman.core.usage.Width;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UsageReadingTest {
  /** A row as recorded on the live API, with the fields that its specification does not have. */
  private static final String RECORDED =
      """
      {"object":"organization.usage.completions.result","input_tokens":27444,\
      "input_cached_tokens":8448,"input_cache_write_tokens":0,"input_uncached_tokens":18996,\
      "output_tokens":311,"input_text_tokens":18000,"output_text_tokens":311,\
      "input_cached_text_tokens":8448,"input_audio_tokens":0,"input_cached_audio_tokens":0,\
      "output_audio_tokens":0,"input_image_tokens":996,"input_cached_image_tokens":0,\
      "output_image_tokens":0,"num_model_requests":12,"project_id":"proj_x","user_id":null,\
      "api_key_id":"key_x","model":"gpt-5.6-terra","batch":false,"service_tier":"default",\
      "organization_id":"org-x","user_email":null,"reasoning_tokens":42,"is_new":true,\
      "extra":{"deep":[1,{"a":null}]},"weight":0.25}\
      """;

  @Nested
  class Asking {
    @Test
    void namesTheWidestGroupingInBracketsAndTheAlignedSpanAndAsManyBucketsAsItHolds() {
      try (var harness = new Harness(json(page()))) {
        harness.hours(6);

        assertThat(harness.provider.requests().getFirst().target())
            .isEqualTo(
                "/v1/organization/usage/completions?start_time=1795154400&end_time=1795176000"
                    + "&bucket_width=1h&limit=6&group_by[]=project_id&group_by[]=user_id"
                    + "&group_by[]=api_key_id&group_by[]=model&group_by[]=batch"
                    + "&group_by[]=service_tier");
        assertThat(harness.provider.requests().getFirst().headers())
            .containsEntry("authorization", "Bearer " + Harness.KEY)
            .containsEntry("accept-encoding", "gzip");
      }
    }

    @ParameterizedTest
    @EnumSource(Known.class)
    void asksEachEndpointForAllItsGroupings(Known endpoint) {
      try (var harness = new Harness(json(page()))) {
        assertThat(harness.usage(endpoint, Width.HOUR, 1)).isInstanceOf(Complete.class);

        String target = harness.provider.requests().getFirst().target();
        assertThat(target).startsWith("/v1/organization/usage/" + endpoint.id() + "?");
        for (Dimension dimension : endpoint.groupings()) {
          assertThat(target).contains("&group_by[]=" + dimension.field());
        }
      }
    }

    @Test
    void asksAnEndpointThatIsNotKnownByProject() {
      try (var harness = new Harness(json(page()))) {
        harness.usage(UsageEndpoint.of("video seconds"), Width.HOUR, 1);

        assertThat(harness.provider.requests().getFirst().line())
            .contains("/usage/video%20seconds?")
            .contains("limit=1&group_by%5B%5D=project_id ");
      }
    }

    @Test
    void refusesASpanThatIsNotAlignedOrDoesNotFitAPage() {
      try (var harness = new Harness()) {
        var later = FROM.plusSeconds(60);
        assertThatIllegalArgumentException()
            .isThrownBy(() ->
                harness.api.readUsage(
                    Known.IMAGES, Width.HOUR, FROM, later, harness.deadline, (_, _) -> {}));
        assertThatIllegalArgumentException()
            .isThrownBy(() -> harness.hours(169))
            .withMessageContaining("168");
        assertThatIllegalArgumentException().isThrownBy(() -> harness.hours(0));
        assertThat(harness.provider.requests()).isEmpty();
      }
    }

    @Test
    void usesOneConnectionForFollowingReads() {
      try (var harness =
          new Harness(json(page(hour(0))), chunked(page(hour(0)), 10), json(page(hour(0))))) {
        for (int i = 0; i < 3; i++) {
          assertThat(harness.hours(1)).isInstanceOf(Complete.class);
        }

        assertThat(harness.provider.connections()).isEqualTo(1);
      }
    }
  }

  @Nested
  class Rows {
    @Test
    void keepEveryDimensionAndCounterAndUnknownNumbersByName() {
      UsageRow row = only(hour(0, RECORDED));

      assertThat(row.get(Dimension.PROJECT)).isEqualTo("proj_x");
      assertThat(row.get(Dimension.USER)).isNull();
      assertThat(row.get(Dimension.API_KEY)).isEqualTo("key_x");
      assertThat(row.get(Dimension.MODEL)).isEqualTo("gpt-5.6-terra");
      assertThat(row.get(Dimension.BATCH)).isEqualTo("false");
      assertThat(row.get(Dimension.SERVICE_TIER)).isEqualTo("default");
      assertThat(row.quantities()).hasSize(15);
      assertThat(row.orZero(Quantity.INPUT_TOKENS))
          .isEqualTo(
              row.orZero(Quantity.INPUT_CACHED_TOKENS)
                  + row.orZero(Quantity.INPUT_CACHE_WRITE_TOKENS)
                  + row.orZero(Quantity.INPUT_UNCACHED_TOKENS));
      assertThat(row.others())
          .containsOnly(
              Map.entry("reasoning_tokens", new BigDecimal("42")),
              Map.entry("weight", new BigDecimal("0.25")));
    }

    @Test
    void leaveOutWhatIsNullOrMissingInsteadOfSayingZero() {
      UsageRow row =
          only(
              hour(
                  0,
                  """
                  {"input_tokens":null,"output_tokens":5,"project_id":null,"user_id":null,\
                  "api_key_id":null,"model":"gpt-4o-2024-08-06","batch":null,"service_tier":null}\
                  """));

      assertThat(row.has(Quantity.INPUT_TOKENS)).isFalse();
      assertThat(row.has(Quantity.MODEL_REQUESTS)).isFalse();
      assertThat(row.orZero(Quantity.OUTPUT_TOKENS)).isEqualTo(5);
      assertThat(row.get(Dimension.BATCH)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
      "7, 7",
      "'\"7\"', 7",
      "7.0, 7",
      "'\"7.00\"', 7",
      "7e2, 700",
      "999999999999999, 999999999999999",
      "1e15, 1000000000000000"
    })
    void readACounterHoweverItIsWritten(String written, long expected) {
      UsageRow row = only(hour(0, counter(written)));

      assertThat(row.get(Quantity.INPUT_TOKENS)).hasValue(expected);
      assertThat(row.others()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "-3 | is below zero",
          "-9223372036854775808 | is below zero",
          "-1e300 | no number of at most 60 digits",
          "7.5 | is no whole number",
          "1e-9 | is no whole number",
          "1000000000000001 | is more than 1000000000000000",
          "9223372036854775807 | is more than 1000000000000000",
          "9223372036854775808 | is more than 1000000000000000",
          "1e59 | is more than 1000000000000000",
          "NaN | is no number",
          "-Infinity | is no number",
          "true | is no number",
          "\"many\" | is no number",
          "{} | is no number",
          "[1] | is no number"
        })
    void withACountThatMakesNoSenseAreLeftOutAndNamedAndTheOthersKept(
        String written, String reason) {
      String page = page(hour(0, row("a", 1), counter(written), row("b", 2)), hour(1, row("c", 3)));
      try (var harness = new Harness(json(page))) {
        ReadOutcome outcome = harness.hours(2);

        assertThat(outcome).isInstanceOf(Complete.class);
        assertThat(outcome.defects()).hasSize(1);
        Defect defect = outcome.defects().getFirst();
        assertThat(defect.from()).isEqualTo(Harness.FROM);
        assertThat(defect.to()).isEqualTo(Harness.FROM.plus(Duration.ofHours(1)));
        assertThat(defect.reason())
            .startsWith("a row was left out: input_tokens")
            .contains(reason)
            .doesNotContain("many");
        assertThat(harness.buckets)
            .flatExtracting(Bucket::rows)
            .extracting(row -> row.get(Dimension.MODEL))
            .containsExactly("a", "b", "c");
        assertThat(harness.buckets).extracting(Bucket::whole).containsExactly(false, true);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":[1]}", "[[]]"})
    void withADimensionThatIsNoTextAreLeftOut(String written) {
      String odd = row("a", 1).replace("\"model\":\"a\"", "\"model\":" + written);
      try (var harness = new Harness(json(page(hour(0, odd, "7", row("b", 2)))))) {
        ReadOutcome outcome = harness.hours(1);

        assertThat(outcome.defects())
            .extracting(Defect::reason)
            .containsExactly("2 rows were left out: model is no text; it is no object");
        assertThat(harness.buckets.getFirst().rows()).hasSize(1);
      }
    }

    @Test
    void withMoreFieldsThanCanBeKnownAreLeftOut() {
      try (var harness = new Harness(json(page(hour(0, fields(64), fields(65), row("b", 2)))))) {
        ReadOutcome outcome = harness.hours(1);

        assertThat(outcome.defects())
            .extracting(Defect::reason)
            .containsExactly("a row was left out: it has more than 64 fields that are not known");
        assertThat(harness.buckets.getFirst().rows())
            .extracting(row -> row.others().size())
            .containsExactly(0, 64);
      }
    }

    /** A row with so many fields that no version knows. */
    private static String fields(int count) {
      String known = row("fields", count).replaceFirst("\"object\":[^,]*,", "");
      return known.substring(0, known.length() - 1)
          + IntStream.range(0, count)
              .mapToObj(field -> ",\"odd_%d\":%d".formatted(field, field))
              .collect(Collectors.joining())
          + "}";
    }

    @Test
    void ofAnHourOfWhichNothingIsSoundAreNotTakenForAnEmptyHour() {
      try (var harness = new Harness(json(page(hour(0, row("a", 1)), hour(1, counter("-1")))))) {
        ReadOutcome outcome = harness.hours(2);

        assertThat(outcome).isInstanceOf(Complete.class);
        assertThat(outcome.defects()).hasSize(1);
        assertThat(harness.buckets).extracting(Bucket::start).containsExactly(Harness.FROM);
      }
    }

    @Test
    void mayLackFieldsThatAreNullAndHaveSomeThatAreNew() {
      // As serializers write it that skip empty values.
      String omitted =
          """
          {"input_tokens":1000,"output_tokens":500,"num_model_requests":3,"project_id":"proj_a",\
          "model":"gpt-5-mini","batch":false,"api_source":null,"decision":{"x":[1]}}\
          """;
      try (var harness = new Harness(json(page(hour(0, omitted))))) {
        ReadOutcome outcome = harness.hours(1);

        assertThat(outcome).isInstanceOf(Complete.class);
        assertThat(outcome.defects()).isEmpty();
        UsageRow row = harness.buckets.getFirst().rows().getFirst();
        assertThat(row.orZero(Quantity.INPUT_TOKENS)).isEqualTo(1000);
        assertThat(row.get(Dimension.USER)).isNull();
        assertThat(row.get(Dimension.SERVICE_TIER)).isNull();
      }
    }

    @ParameterizedTest
    @CsvSource({"true, true", "'\"true\"', true", "'\"False\"', false", "false, false"})
    void readBatchAsFlagOrText(String written, String expected) {
      UsageRow row =
          only(hour(0, row("gpt-4.1", 1).replace("\"batch\":false", "\"batch\":" + written)));

      assertThat(row.get(Dimension.BATCH)).isEqualTo(expected);
    }

    @Test
    void ofEqualDimensionsAreAddedUpAndSorted() {
      try (var harness = new Harness(json(page(hour(0, row("b", 1), row("a", 2), row("b", 3)))))) {
        harness.hours(1);

        List<UsageRow> rows = harness.buckets.getFirst().rows();
        assertThat(rows).extracting(r -> r.get(Dimension.MODEL)).containsExactly("a", "b");
        assertThat(rows.get(1).orZero(Quantity.INPUT_TOKENS)).isEqualTo(4);
      }
    }

    @Test
    void thatAddUpToMoreThanThereCanBeAreLeftOut() {
      String most = row("a", Quantity.MOST);
      try (var harness = new Harness(json(page(hour(0, most, row("a", 1), row("b", 2)))))) {
        ReadOutcome outcome = harness.hours(1);

        assertThat(outcome.defects())
            .extracting(Defect::reason)
            .containsExactly(
                "2 rows were left out: input_tokens adds up to more than 1000000000000000");
        assertThat(harness.buckets.getFirst().rows())
            .extracting(row -> row.orZero(Quantity.INPUT_TOKENS))
            .containsExactly(Quantity.MOST);
        assertThat(harness.buckets.getFirst().whole()).isFalse();
      }
    }

    private static String counter(String written) {
      return row("gpt-4.1", 1).replace("\"input_tokens\":1", "\"input_tokens\":" + written);
    }

    private static UsageRow only(String hour) {
      try (var harness = new Harness(json(page(hour)))) {
        assertThat(harness.hours(1)).isInstanceOf(Complete.class);
        return harness.buckets.getFirst().rows().getFirst();
      }
    }
  }

  @Nested
  class Buckets {
    @Test
    void comeInOrderWithWhoAnswered() {
      String body = page(hour(0), hour(1, row("a", 1)), hour(2));
      try (var harness =
          new Harness(json(body, "openai-organization: org-x", "X-Tallyman-Simulated: true"))) {
        var complete = (Complete) harness.hours(3);

        var origin = new Origin(Optional.of("org-x"), true);
        assertThat(complete).isEqualTo(new Complete(origin, body.length()));
        assertThat(harness.origins).containsOnly(origin).hasSize(3);
        assertThat(harness.buckets)
            .extracting(Bucket::start)
            .containsExactly(FROM, FROM.plus(Duration.ofHours(1)), FROM.plus(Duration.ofHours(2)));
        assertThat(harness.buckets).extracting(b -> b.rows().size()).containsExactly(0, 1, 0);
      }
    }

    @Test
    void areTheSameInChunksOfAnySizeAndCompressed() {
      String body = page(hour(0, RECORDED), hour(1, row("ä€😀", 1)));
      try (var plain = new Harness(json(body));
          var chunks = new Harness(chunked(body, 1));
          var packed = new Harness(gzip(body, Integer.MAX_VALUE))) {
        plain.hours(2);
        chunks.hours(2);
        var complete = (Complete) packed.hours(2);

        assertThat(plain.buckets).hasSize(2).isEqualTo(chunks.buckets).isEqualTo(packed.buckets);
        assertThat(complete.bytes()).isEqualTo(body.getBytes(UTF_8).length);
      }
    }

    @Test
    void mayEndEarlyAtTheTimeOfAsking() {
      String cut = hour(0, row("a", 1)).replaceAll("\"end_time\":\\d+", "\"end_time\":1795154463");
      try (var harness = new Harness(json(page(cut)))) {
        assertThat(harness.hours(1)).isInstanceOf(Complete.class);
        assertThat(harness.buckets).hasSize(1);
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "\"start_time\":1795158060", // not aligned
          "\"start_time\":1795150800", // before what was asked
          "\"start_time\":1795161600", // after what was asked
          "\"start_time\":1795154400", // out of order
          "\"start_time\":99999999999999999999",
          "\"start_time\":1795158000.5",
          "\"start_time\":null",
          "\"started\":1795158000",
          "\"end_time\":1795244400,\"start_time\":1795158000" // a day
        })
    void thatWereNotAskedForAreLeftOutAndNamed(String start) {
      String odd = "{" + start + ",\"results\":[" + row("odd", 1) + "]}";
      try (var harness = new Harness(json(page(hour(0), odd, hour(1, row("a", 2)))))) {
        ReadOutcome outcome = harness.hours(2);

        assertThat(outcome).isInstanceOf(Complete.class);
        assertThat(outcome.defects()).hasSize(1);
        assertThat(harness.buckets)
            .extracting(Bucket::start)
            .containsExactly(Harness.FROM, Harness.FROM.plus(Duration.ofHours(1)));
        assertThat(harness.buckets)
            .flatExtracting(Bucket::rows)
            .extracting(row -> row.get(Dimension.MODEL))
            .containsExactly("a");
      }
    }

    @Test
    void thatComeTwiceAreKeptOnce() {
      String page = page(hour(0, row("a", 1)), hour(0, row("a", 1)), hour(1), hour(1), hour(2));
      try (var harness = new Harness(json(page))) {
        ReadOutcome outcome = harness.hours(3);

        assertThat(outcome).isInstanceOf(Complete.class);
        assertThat(outcome.defects()).isEmpty();
        assertThat(harness.buckets).hasSize(3);
      }
    }

    @Test
    void thatComeTwiceAndDifferAreNamed() {
      String page = page(hour(0, row("a", 1)), hour(0, row("a", 2)), hour(1));
      try (var harness = new Harness(json(page))) {
        ReadOutcome outcome = harness.hours(2);

        assertThat(outcome.defects()).extracting(Defect::from).containsExactly(Harness.FROM);
        assertThat(outcome.defects().getFirst().reason()).contains("twice");
        assertThat(harness.buckets).hasSize(2);
        assertThat(harness.buckets.getFirst().rows().getFirst().orZero(Quantity.INPUT_TOKENS))
            .isEqualTo(1);
      }
    }

    @Test
    void whoseEndLiesInTheFutureAreAskedForWithoutItOnceThatIsRefused() {
      String refusal = Harness.error("", "invalid_request_error", "end_time is in the future");
      try (var harness =
          new Harness(
              ScriptedProvider.status(400, refusal), json(page(hour(0), hour(1, row("a", 1)))))) {
        assertThat(harness.hours(8)).isInstanceOf(Complete.class);

        assertThat(harness.buckets).hasSize(2);
        assertThat(harness.provider.requests().get(0).target()).contains("&end_time=");
        assertThat(harness.provider.requests().get(1).target())
            .contains("start_time=", "limit=8")
            .doesNotContain("end_time");
      }
    }

    @Test
    void thatAreRefusedForAnotherReasonStayRefused() {
      String refusal = Harness.error("", "invalid_request_error", "no");
      try (var harness =
          new Harness(
              ScriptedProvider.status(400, refusal), ScriptedProvider.status(400, refusal))) {
        failed(harness.hours(8), Kind.REFUSED);
        assertThat(harness.provider.requests()).hasSize(2);
      }
    }

    @Test
    void mayNameTheirRowsInTheSingularAndHaveNullsAnywhere() {
      String odd =
          """
          {"unknown":[[{}]],"has_more":null,"data":[null,\
          {"start_time":"1795154400","end_time":null,"result":[null,%s],"start_time_iso":"x"},\
          {"result":%s,"results":null,"start_time":1795158000.0},\
          {"results":null,"start_time":1795161600}]}
          """
              .formatted(row("a", 1), row("b", 2));
      try (var harness = new Harness(json(odd))) {
        assertThat(harness.hours(3)).isInstanceOf(Complete.class);
        // What does not say what it holds is not read, which is not the same as empty.
        assertThat(harness.buckets).extracting(b -> b.rows().size()).containsExactly(1, 1);
      }
    }

    @Test
    void thatAnEarlyEndLeftOutAreAskedForByTime() {
      String first = page(hour(0), hour(1)).replace("\"has_more\":false", "\"has_more\":true");
      try (var harness = new Harness(json(first), json(page(hour(2))))) {
        assertThat(harness.hours(3)).isInstanceOf(Complete.class);

        assertThat(harness.buckets).hasSize(3);
        assertThat(harness.provider.requests().get(1).target())
            .contains("start_time=1795161600&end_time=1795165200&bucket_width=1h&limit=1&");
      }
    }

    @Test
    void thatBeginAfterTheTimeOfAskingAreNotAskedFor() {
      String claim =
          page(hour(0), hour(5), hour(6)).replace("\"has_more\":false", "\"has_more\":true");
      try (var harness = new Harness(json(claim))) {
        assertThat(harness.hours(8)).isInstanceOf(Complete.class);
        assertThat(harness.buckets).hasSize(3);
        assertThat(harness.provider.requests()).hasSize(1);
      }
    }

    @Test
    void thatAreNotThereDespiteAClaimOfMoreEndTheRead() {
      String claim = page().replace("\"has_more\":false", "\"has_more\":\"true\"");
      try (var harness = new Harness(json(claim))) {
        assertThat(harness.hours(3)).isInstanceOf(Complete.class);
        assertThat(harness.provider.requests()).hasSize(1);
      }
    }

    @Test
    void areHandedOverBeforeTheAnswerEnds() {
      String body = page(hour(0, row("a", 1)), hour(1));
      int half = body.indexOf("{\"object\":\"bucket\"", 50) + 20;
      try (var harness =
          new Harness(
              c -> c.withCallTimeout(Duration.ofMillis(300)).withAttempts(1),
              ScriptedProvider.hangingAfter(half, body))) {
        failed(harness.hours(2), Kind.TIMEOUT);
        assertThat(harness.buckets).hasSize(1);
      }
    }
  }

  @Nested
  class GroupingsThatWereAskedFor {
    @Test
    void areNamedIfNoRowHasAnyOfThemAndNothingIsHandedOver() {
      String without =
          """
          {"input_tokens":9}\
          """;
      try (var harness =
          new Harness(json(page(hour(0), hour(1, without), hour(2), hour(3, without))))) {
        Failed failed = failed(harness.hours(4), Kind.MALFORMED);

        assertThat(failed.message()).contains("project_id", "batch");
        assertThat(harness.buckets).extracting(b -> b.rows().size()).containsExactly(0);
      }
    }

    @Test
    void areMissedIfAllAreNullOnEveryRow() {
      String summed =
          """
          {"input_tokens":9,"project_id":null,"user_id":null,"api_key_id":null,"model":null,\
          "batch":null,"service_tier":null}\
          """;
      try (var harness = new Harness(json(page(hour(0, summed), hour(1, summed))))) {
        assertThat(failed(harness.hours(2), Kind.MALFORMED).message()).contains("null on every");
        assertThat(harness.buckets).isEmpty();
      }
    }

    @Test
    void mayBeConfirmedByALaterRow() {
      String untracked =
          """
          {"input_tokens":9}\
          """;
      try (var harness =
          new Harness(json(page(hour(0, untracked), hour(1), hour(2, row("a", 1)), hour(3))))) {
        assertThat(harness.hours(4)).isInstanceOf(Complete.class);
        assertThat(harness.buckets)
            .hasSize(4)
            .isSortedAccordingTo((a, b) -> a.start().compareTo(b.start()));
      }
    }

    @Test
    void mayBeNullIfThereIsOnlyOne() {
      String ofOrganization =
          """
          {"usage_bytes":9,"project_id":null}\
          """;
      try (var harness = new Harness(json(page(hour(0, ofOrganization))))) {
        assertThat(harness.usage(Known.VECTOR_STORES, Width.HOUR, 1)).isInstanceOf(Complete.class);
        assertThat(harness.buckets.getFirst().rows()).hasSize(1);
      }
    }
  }

  static Failed failed(ReadOutcome outcome, Kind kind) {
    assertThat(outcome).isInstanceOf(Failed.class);
    var failed = (Failed) outcome;
    assertThat(failed.kind()).as(failed.message()).isEqualTo(kind);
    assertThat(failed.message()).isNotBlank().doesNotContain("S3cr3t").endsWith(".");
    return failed;
  }
}
