package dev.tallyman.lambda;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.api.message.Request;
import dev.tallyman.api.message.Response;
import dev.tallyman.core.store.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The events of an HTTP API, payload format 2.0, and the answers that it understands (Amazon API
 * Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs").
 */
public final class HttpEvents {
  private static final JsonFactory FACTORY = new JsonFactory();

  /**
   * The most bytes of a body that is sent as text. Lambda takes answers of 6 MB: as text a byte may
   * become two, in base64 three become four.
   */
  private static final int MAX_TEXT = 2 * 1024 * 1024;

  private static final String SET_COOKIE = "Set-Cookie";

  private HttpEvents() {}

  /**
   * The members of an event, without those that are null.
   *
   * @throws IllegalArgumentException if it is not one JSON object
   * @throws IOException if it cannot be read
   */
  public static Map<String, Object> read(InputStream event) throws IOException {
    try {
      if (JSON.std.anyFrom(event) instanceof Map<?, ?> object) {
        var members = new HashMap<String, Object>();
        object.forEach((name, value) -> {
          if (value != null) {
            members.put((String) name, value);
          }
        });
        return members;
      }
    } catch (JsonProcessingException _) {
      // Its own words would quote the event, which may hold a token.
    }
    throw new IllegalArgumentException("The event is not one JSON object.");
  }

  /** Whether an event is a request to an HTTP API. */
  public static boolean isRequest(Map<String, ?> event) {
    return event.get("requestContext") instanceof Map<?, ?> context
        && context.get("http") instanceof Map<?, ?>;
  }

  /**
   * Answers a request to an HTTP API. What an API would never send is answered with 400, saying
   * what is wrong.
   *
   * @param event as {@link #read} gives it
   * @param routes what answers
   * @param out where the answer is written, as an HTTP API understands it
   * @throws IOException if it cannot be written
   */
  public static void answer(
      Map<String, ?> event, Function<Request, Response> routes, OutputStream out)
      throws IOException {
    Response response;
    try {
      response = routes.apply(request(event));
    } catch (MalformedException malformed) {
      response = refusal(malformed.getMessage());
    }
    write(response, out);
  }

  private static Request request(Map<String, ?> event) throws MalformedException {
    if (!(event.get("requestContext") instanceof Map<?, ?> context)
        || !(context.get("http") instanceof Map<?, ?> http)) {
      throw new MalformedException("requestContext.http", "an object");
    }
    if (!"2.0".equals(event.get("version"))) {
      throw new MalformedException("version", "2.0: the API's payload format");
    }
    String path = required(event, "rawPath");
    String stage = optional(context, "requestContext.", "stage").orElse("");
    String prefix = "/" + stage;
    if (path.equals(prefix) || path.startsWith(prefix + "/")) {
      path = path.substring(prefix.length());
    }
    return new Request(
        required(http, "requestContext.http.", "method"),
        path.isEmpty() ? "/" : encoded(path),
        optional(event, "", "rawQueryString").orElse(""),
        headers(event),
        body(event),
        // An HTTP API speaks nothing else; and whoever calls it is elsewhere.
        true,
        false,
        optional(context, "requestContext.", "requestId").orElse(""));
  }

  private static Map<String, List<String>> headers(Map<String, ?> event) throws MalformedException {
    var headers = new HashMap<String, List<String>>();
    if (event.get("headers") instanceof Map<?, ?> sent) {
      for (Object name : sent.keySet()) {
        String key = String.valueOf(name);
        headers.put(key, List.of(required(sent, "headers.", key)));
      }
    } else if (event.get("headers") != null) {
      throw new MalformedException("headers", "an object of texts");
    }
    switch (event.get("cookies")) {
      case null -> {}
      case List<?> cookies -> {
        var pairs = new ArrayList<String>();
        for (Object cookie : cookies) {
          if (!(cookie instanceof String pair)) {
            throw new MalformedException("cookies", "a list of texts");
          }
          pairs.add(pair);
        }
        headers.keySet().removeIf(name -> name.toLowerCase(Locale.ROOT).equals("cookie"));
        headers.put("cookie", List.of(String.join("; ", pairs)));
      }
      default -> throw new MalformedException("cookies", "a list of texts");
    }
    return headers;
  }

  private static Bytes body(Map<String, ?> event) throws MalformedException {
    String body = optional(event, "", "body").orElse("");
    return switch (event.get("isBase64Encoded")) {
      case null -> utf8(body);
      case Boolean encoded when encoded -> {
        try {
          yield Bytes.copyOf(Base64.getDecoder().decode(body));
        } catch (IllegalArgumentException _) {
          throw new MalformedException("body", "base64, as isBase64Encoded says");
        }
      }
      case Boolean _ -> utf8(body);
      default -> throw new MalformedException("isBase64Encoded", "true or false");
    };
  }

  /**
   * A path as it was sent, as far as it can be known: an HTTP API decodes it, which a function URL
   * does not do. What cannot stand in an encoded path is encoded, and nothing else, so that an
   * encoded path stays the same.
   */
  private static String encoded(String path) {
    var encoded = new StringBuilder(path.length() + 16);
    byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      int one = Byte.toUnsignedInt(bytes[i]);
      boolean stands =
          one == '%'
              ? i + 2 < bytes.length && isHex(bytes[i + 1]) && isHex(bytes[i + 2])
              : one > ' ' && one < 0x7F && "\"#<>?[\\]^`{|}".indexOf(one) < 0;
      if (stands) {
        encoded.append((char) one);
      } else {
        encoded
            .append('%')
            .append(Character.toUpperCase(Character.forDigit(one >> 4, 16)))
            .append(Character.toUpperCase(Character.forDigit(one & 15, 16)));
      }
    }
    return encoded.toString();
  }

  private static boolean isHex(byte digit) {
    return Character.digit(digit, 16) >= 0;
  }

  private static String required(Map<String, ?> in, String name) throws MalformedException {
    return required(in, "", name);
  }

  private static String required(Map<?, ?> in, String place, String name)
      throws MalformedException {
    return optional(in, place, name)
        .orElseThrow(() -> new MalformedException(place + name, "a text"));
  }

  private static Optional<String> optional(Map<?, ?> in, String place, String name)
      throws MalformedException {
    Object value = in.get(name);
    if (value != null && !(value instanceof String)) {
      throw new MalformedException(place + name, "a text");
    }
    return Optional.ofNullable((String) value);
  }

  private static Bytes utf8(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Response refusal(@Nullable String message) {
    // No character of the message has to be escaped.
    String body =
        "{\"error\":{\"message\":\""
            + message
            + "\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"malformed_event\"}}";
    return new Response(400, Map.of("Content-Type", "application/json"), utf8(body));
  }

  private static void write(Response response, OutputStream out) throws IOException {
    try (JsonGenerator json = FACTORY.createGenerator(out, JsonEncoding.UTF8)) {
      json.writeStartObject();
      json.writeNumberField("statusCode", response.status());
      json.writeObjectFieldStart("headers");
      for (var header : response.headers().entrySet()) {
        if (!header.getKey().equalsIgnoreCase(SET_COOKIE)) {
          json.writeStringField(header.getKey(), header.getValue());
        }
      }
      json.writeEndObject();
      var cookie = response.header(SET_COOKIE);
      if (cookie.isPresent()) {
        json.writeArrayFieldStart("cookies");
        json.writeString(cookie.orElseThrow());
        json.writeEndArray();
      }
      byte[] body = response.body().toArray();
      boolean text = body.length <= MAX_TEXT && isText(response);
      json.writeStringField(
          "body",
          text
              ? new String(body, StandardCharsets.UTF_8)
              : Base64.getEncoder().encodeToString(body));
      json.writeBooleanField("isBase64Encoded", !text);
      json.writeEndObject();
    }
  }

  private static boolean isText(Response response) {
    String type = response.header("Content-Type").orElse("text/plain");
    return response.header("Content-Encoding").isEmpty()
        && (type.startsWith("text/") || type.startsWith("application/json"));
  }

  /** A part of an event is not what an HTTP API sends. */
  private static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException(String part, String expected) {
      super(
          "The event's "
              + part
              + " is not "
              + expected
              + "; an HTTP API with payload format 2.0"
              + " sends one.");
    }
  }
}
