package dev.tallyman.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DocumentTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void theBytesOfFormatOneStayAsTheyAre() {
    var document = new LinkedHashMap<String, @Nullable Object>();
    document.put("texts", List.of("a", "é", "a"));
    document.put("none", null);
    document.put("numbers", List.of(0L, 239L, 240L, -1L, Long.MAX_VALUE, new BigDecimal("-1.50")));
    document.put("truths", List.of(true, false));

    String golden =
        "0107" // format, map
            + "04" // of four, in the order of their keys
            + "086e6f6e6500" // none: null
            + "0e6e756d62657273" // numbers:
            + "0606" // a list of six:
            + "10" // 0
            + "ff" // 239
            + "03e003" // 240
            + "0301" // -1
            + "03feffffffffffffffff01" // the largest long
            + "040402ff6a" // -1.50
            + "0a7465787473" // texts:
            + "0603" // a list of three:
            + "050261" // a
            + "0504c3a9" // é
            + "0507" // text number 3 again
            + "0c747275746873" // truths:
            + "06020201";
    assertThat(HEX.formatHex(Document.encode(document))).isEqualTo(golden);
    assertThat(Document.decode(HEX.parseHex(golden))).isEqualTo(document);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void nothingIsLost(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int i = 0; i < 300; i++) {
      Object document = document(random, 4);
      byte[] bytes = Document.encode(document);

      assertThat(Document.decode(bytes)).as("seed %s", seed).isEqualTo(document);
      assertThat(Document.encode(Document.decode(bytes))).as("seed %s", seed).isEqualTo(bytes);
    }
  }

  @Test
  void theOrderOfAMapDoesNotMatter() {
    var map = new LinkedHashMap<String, Object>();
    map.put("b", 1L);
    map.put("a", 2L);

    assertThat(Document.encode(map)).isEqualTo(Document.encode(new TreeMap<>(map)));
    assertThat(Document.encode(5)).isEqualTo(Document.encode(5L));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void damagedBytesAreRefusedOrReadButNeverHarm(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = Document.encode(document(random, 3));
      byte[] damaged = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      if (damaged.length > 0) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        Object read = Document.decode(damaged);
        assertThat(Document.decode(Document.encode(read))).as("seed %s", seed).isEqualTo(read);
      } catch (IllegalArgumentException e) {
        assertThat(e).as("seed %s", seed).hasMessageStartingWith("not a document: byte ");
      }
    }
  }

  @Test
  void aCountOfMoreThanThereIsTakesNoMemory() {
    assertThatThrownBy(() -> Document.decode(HEX.parseHex("0106ffffffff7f")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Document.decode(HEX.parseHex("0105feffffffffffffffff01")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsTooDeepTooLargeOrNoDocumentIsRefused() {
    Object deep = 1L;
    for (int i = 0; i <= Document.MAX_DEPTH; i++) {
      deep = List.of(deep);
    }
    Object tooDeep = deep;
    byte[] deepBytes = new byte[100];
    Arrays.fill(deepBytes, (byte) 6);
    deepBytes[0] = 1;

    assertThatThrownBy(() -> Document.encode(tooDeep)).hasMessageContaining("deeper than 32");
    assertThatThrownBy(() -> Document.decode(deepBytes))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Document.encode("x".repeat(Document.MAX_BYTES)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Document.encode(LocalDate.EPOCH))
        .hasMessageContaining("java.time.LocalDate");
    assertThatThrownBy(() -> Document.encode(Map.of(1L, 1L))).hasMessageContaining("not a text");
    assertThatThrownBy(() -> Document.encode(new BigDecimal("0E-6176")))
        .hasMessageContaining("scale 6176");
    assertThatThrownBy(() -> Document.decode(new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Document.decode(HEX.parseHex("0200")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Document.decode(HEX.parseHex("010000")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void elevenEndpointsWithTheirFiguresFitIntoAKilobyte() {
    var endpoints = new TreeMap<String, Object>();
    for (int i = 0; i < 11; i++) {
      endpoints.put(
          "code_interpreter_sessions" + i,
          Map.of(
              "outcome",
              "complete",
              "read",
              48L + i,
              "changed",
              3L,
              "rows",
              24_000L + i,
              "through",
              1_795_000_000L + i,
              "restated",
              0L,
              "usd",
              new BigDecimal("1234.567890123456")));
    }

    assertThat(Document.encode(endpoints)).hasSizeLessThan(1000);
  }

  private static @Nullable Object document(RandomGenerator random, int depth) {
    return switch (random.nextInt(depth == 0 ? 6 : 8)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> (long) random.nextInt(-300, 300);
      case 3 -> random.nextLong();
      case 4 ->
          new BigDecimal(
              BigInteger.valueOf(random.nextLong()).pow(random.nextInt(1, 5)),
              random.nextInt(-60, 60));
      case 5 -> text(random);
      case 6 -> {
        var list = new ArrayList<@Nullable Object>();
        for (int n = random.nextInt(5); n > 0; n--) {
          list.add(document(random, depth - 1));
        }
        yield Collections.unmodifiableList(list);
      }
      default -> {
        var map = new TreeMap<String, @Nullable Object>();
        for (int n = random.nextInt(5); n > 0; n--) {
          map.put(text(random), document(random, depth - 1));
        }
        yield map;
      }
    };
  }

  private static String text(RandomGenerator random) {
    String[] parts = {"gpt-5", "é", "\uD83D\uDE00", "", "\n", "x".repeat(100)};
    return parts[random.nextInt(parts.length)] + parts[random.nextInt(parts.length)];
  }
}
