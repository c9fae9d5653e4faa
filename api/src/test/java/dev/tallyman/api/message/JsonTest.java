package dev.tallyman.api.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.store.Bytes;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class JsonTest {
  @Test
  void aDocumentIsWrittenInItsOrder() {
    JsonObject document =
        JsonObject.of("b", 1)
            .put("a", new BigDecimal("1E+3"))
            .put("none", null)
            .put("empty", Optional.empty())
            .put("at", Instant.EPOCH)
            .put("map", Map.of("x", List.of(true, "ü\"")))
            .putPresent("left out", List.of());

    assertThat(Json.line(document))
        .isEqualTo(
            "{\"b\":1,\"a\":1000,\"none\":null,\"empty\":null,\"at\":\"1970-01-01T00:00:00Z\","
                + "\"map\":{\"x\":[true,\"ü\\\"\"]}}");
  }

  @Test
  void aDocumentThatIsTooLargeSaysHowToAskForLess() {
    JsonObject document = JsonObject.of("list", Collections.nCopies(5000, "x".repeat(1024)));

    assertThatThrownBy(() -> Json.write(document))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("page with limit and cursor");
  }

  @Test
  void decimalsAreReadExactly() {
    assertThat(Json.object(bytes("{\"a\":0.1000000000000000000000001}")))
        .containsEntry("a", new BigDecimal("0.1000000000000000000000001"));
    assertThat(Json.object(bytes(""))).isEmpty();
  }

  @Test
  void whatIsNoObjectIsRefusedWithItsPlaceAndWithoutItsContent() {
    assertThatThrownBy(() -> Json.object(bytes("{\"token\": tly_o_secret}")))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("line 1, column")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> Json.object(bytes("{\"a\":1,\"a\":2}"))).isInstanceOf(Problem.class);
    assertThatThrownBy(() -> Json.object(bytes("{\"a\":1} x"))).isInstanceOf(Problem.class);
    assertThatThrownBy(() -> Json.object(bytes("[]"))).isInstanceOf(Problem.class);
    assertThatThrownBy(() -> Json.object(bytes("null"))).isInstanceOf(Problem.class);
    assertThatThrownBy(() -> Json.object(bytes("\"text\""))).isInstanceOf(Problem.class);
  }

  private static Bytes bytes(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
  }
}
