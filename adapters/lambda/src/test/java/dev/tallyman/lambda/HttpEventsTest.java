package dev.tallyman.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.api.message.Request;
import dev.tallyman.api.message.Response;
import dev.tallyman.core.store.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpEventsTest {
  private final List<Request> asked = new ArrayList<>();
  private Response answer = new Response(200, Map.of(), bytes(""));

  @Test
  void anEventIsTheRequestThatWasSent() throws IOException {
    send(
        Event.of("POST", "/api/v1/session", "a=%C3%A4&b=1+2")
            .header("x-many", "one,two")
            .with("cookies", List.of("a=1", "tallyman_session=x"))
            .with("body", "{\"ü\":1}"));
    Request request = asked.getFirst();

    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.path()).isEqualTo("/api/v1/session");
    assertThat(request.query()).isEqualTo("a=%C3%A4&b=1+2");
    assertThat(request.headers())
        .containsEntry("X-Many", List.of("one,two"))
        .containsEntry("Cookie", List.of("a=1; tallyman_session=x"));
    assertThat(request.body()).isEqualTo(bytes("{\"ü\":1}"));
    assertThat(request.secure()).isTrue();
    assertThat(request.loopback()).isFalse();
    assertThat(request.id()).isEqualTo("JKJaXmPLvHcESHA");
  }

  @Test
  void aBodyInBase64IsItsBytes() throws IOException {
    byte[] body = {0, (byte) 0xFF, 1};
    send(
        Event.get("/")
            .with("body", Base64.getEncoder().encodeToString(body))
            .with("isBase64Encoded", true));

    assertThat(asked.getFirst().body().toArray()).isEqualTo(body);
  }

  @Test
  void whatAnApiLeavesOutIsEmpty() throws IOException {
    send(
        Event.get("/health")
            .without("rawQueryString")
            .without("headers")
            .without("isBase64Encoded")
            .with("requestContext", Map.of("http", Map.of("method", "GET"))));

    assertThat(asked.getFirst().query()).isEmpty();
    assertThat(asked.getFirst().headers()).isEmpty();
    assertThat(asked.getFirst().body().length()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "prod, /prod, /",
    "prod, /prod/, /",
    "prod, /prod/api/usage, /api/usage",
    "prod, /products, /products",
    "$default, /api/usage, /api/usage",
    "prod, /api/usage, /api/usage",
  })
  void theStageIsNoPartOfThePath(String stage, String sent, String path) throws IOException {
    send(
        Event.get(sent)
            .with("requestContext", Map.of("http", Map.of("method", "GET"), "stage", stage)));

    assertThat(asked.getFirst().path()).isEqualTo(path);
  }

  /** An HTTP API decodes paths; a function URL does not. */
  @ParameterizedTest
  @CsvSource({
    "/a%20b/%C3%A4, /a%20b/%C3%A4",
    "/a b/ä, /a%20b/%C3%A4",
    "/100%, /100%25",
    "/a?b#c, /a%3Fb%23c",
    "/~a-b_c.d:@!$&()*;=, /~a-b_c.d:@!$&()*;=",
  })
  void aDecodedPathIsEncodedAgain(String sent, String path) throws IOException {
    send(Event.get(sent));

    assertThat(asked.getFirst().path()).isEqualTo(path);
  }

  @Test
  void anAnswerIsWhatAnApiUnderstands() throws IOException {
    answer =
        new Response(
            201,
            Map.of("Content-Type", "application/json", "Set-Cookie", "a=b; Path=/", "X-A", "1"),
            bytes("{\"ü\":1}"));

    assertThat(send(Event.get("/")))
        .isEqualTo(
            Map.of(
                "statusCode",
                201,
                "headers",
                Map.of("Content-Type", "application/json", "X-A", "1"),
                "cookies",
                List.of("a=b; Path=/"),
                "body",
                "{\"ü\":1}",
                "isBase64Encoded",
                false));
  }

  @Test
  void anAnswerWithoutABodyHasAnEmptyOne() throws IOException {
    assertThat(send(Event.get("/"))).containsEntry("body", "").doesNotContainKey("cookies");
  }

  @Test
  void whatIsNoTextOrIsLargeIsSentInBase64() throws IOException {
    byte[] large = new byte[4 * 1024 * 1024];
    Arrays.fill(large, (byte) '"');
    Map<String, String> json = Map.of("Content-Type", "application/json");
    for (var each :
        List.of(
            new Response(200, json, Bytes.copyOf(large)),
            new Response(200, Map.of("Content-Type", "image/png"), bytes("x")),
            new Response(
                200,
                Map.of("Content-Type", "application/json", "Content-Encoding", "gzip"),
                bytes("x")))) {
      answer = each;
      var out = new ByteArrayOutputStream();
      HttpEvents.answer(Event.get("/").members(), this::handle, out);
      Map<String, Object> sent = JSON.std.mapFrom(out.toByteArray());

      assertThat(sent).containsEntry("isBase64Encoded", true);
      assertThat(Base64.getDecoder().decode(String.valueOf(sent.get("body"))))
          .isEqualTo(each.body().toArray());
      // Lambda's quota of a response to a synchronous call.
      assertThat(out.size()).isLessThan(6 * 1024 * 1024);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version | \"1.0\"",
        "rawPath | null",
        "rawPath | 1",
        "rawQueryString | {}",
        "headers | []",
        "headers | {\"a\": 1}",
        "cookies | \"a=b\"",
        "cookies | [1]",
        "body | {}",
        "isBase64Encoded | \"true\"",
        "requestContext | {\"http\": {}}",
        "requestContext | {\"http\": {\"method\": 1}}",
        "requestContext | {\"http\": {\"method\": \"GET\"}, \"stage\": 1}",
        "requestContext | {\"http\": {\"method\": \"GET\"}, \"requestId\": 1}",
        "requestContext | {}",
        "requestContext | null",
      })
  void whatAnApiNeverSendsIsRefusedByName(String name, String value) throws IOException {
    Object parsed = JSON.std.anyFrom("[" + value + "]");
    Object member = parsed instanceof List<?> list ? list.getFirst() : "";
    var answered =
        send(member == null ? Event.get("/").without(name) : Event.get("/").with(name, member));

    assertThat(asked).isEmpty();
    assertThat(answered).containsEntry("statusCode", 400);
    assertThat(JSON.std.mapFrom(String.valueOf(answered.get("body"))))
        .extractingByKey("error")
        .asString()
        .contains(name, "payload format 2.0", "malformed_event");
  }

  @Test
  void aBodyThatIsNoBase64IsRefused() throws IOException {
    assertThat(send(Event.get("/").with("body", "*").with("isBase64Encoded", true)))
        .containsEntry("statusCode", 400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "\"tly_o_secret\"", "{\"a\":tly_o_secret}", "null"})
  void whatIsNoObjectIsNoEvent(String event) {
    var in = new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> HttpEvents.read(in))
        .isInstanceOf(IllegalArgumentException.class)
        .hasNoCause()
        .hasMessageNotContaining("secret");
  }

  @Test
  void aRequestIsToldFromOtherEvents() {
    assertThat(HttpEvents.isRequest(Event.get("/").members())).isTrue();
    assertThat(HttpEvents.isRequest(Map.of("action", "poll"))).isFalse();
    assertThat(HttpEvents.isRequest(Map.of("requestContext", "http"))).isFalse();
  }

  private Map<String, Object> send(Event event) throws IOException {
    var out = new ByteArrayOutputStream();
    HttpEvents.answer(HttpEvents.read(event.stream()), this::handle, out);
    return JSON.std.mapFrom(out.toByteArray());
  }

  private Response handle(Request request) {
    asked.add(request);
    return answer;
  }

  private static Bytes bytes(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
  }
}
