package dev.tallyman.cli.show;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | $0.00",
        "0E-30 | $0.00",
        "0.001 | <$0.01",
        "-0.001 | >-$0.01",
        "0.01 | $0.01",
        "0.125 | $0.12",
        "1234567.895 | $1,234,567.90",
        "-42 | -$42.00",
        "100 | $100.00",
        "1000 | $1,000.00",
      })
  void showsMoneyInCents(BigDecimal amount, String text) {
    assertThat(Text.money(amount, "usd", false)).isEqualTo(text);
  }

  @Test
  void showsOtherCurrenciesAndUnknownAmounts() {
    assertThat(Text.money(new BigDecimal("12.4"), "eur", false)).isEqualTo("12.40 EUR");
    assertThat(Text.money(null, "usd", false)).isEqualTo("—");
    assertThat(Text.money(null, "usd", true)).isEqualTo("-");
  }

  @ParameterizedTest
  @CsvSource({
    "100, 131, +31%",
    "100, 96, -4%",
    "100, 100, 0%",
    "0, 5, new",
    "0, 0, 0%",
    "1, 500, >+999%"
  })
  void showsAChange(BigDecimal before, BigDecimal now, String text) {
    assertThat(Text.change(before, now, false)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"62, 100, 62%", "1, 1000, <1%", "0, 100, 0%", "5, 0, -"})
  void showsAShare(BigDecimal part, BigDecimal whole, String text) {
    assertThat(Text.share(part, whole, true)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"PT0S, 0 s", "PT89S, 89 s", "PT4M, 4 min", "PT36H, 36 h", "P11D, 11 days"})
  void showsAnAge(Duration age, String text) {
    assertThat(Text.age(age)).isEqualTo(text);
  }

  @Test
  void showsTheDayOnlyIfItIsAnother() {
    Instant now = Instant.parse("2026-11-21T09:17:44Z");

    assertThat(Text.time(Instant.parse("2026-11-21T09:13:30Z"), now)).isEqualTo("09:13Z");
    assertThat(Text.time(Instant.parse("2026-11-20T09:13:30Z"), now))
        .isEqualTo("2026-11-20T09:13Z");
  }

  @Test
  void defusesWhatCouldCommandATerminal() {
    assertThat(Text.safe("a\u001b[2Jb\nc\u202ed")).isEqualTo("a\ufffd[2Jb\ufffdc\ufffdd");
  }

  @Test
  void knowsHowWideATextIs() {
    assertThat(Text.width("abc")).isEqualTo(3);
    assertThat(Text.width("日本")).isEqualTo(4);
    assertThat(Text.width("e\u0301")).isEqualTo(1);
    assertThat(Text.width("🚀")).isEqualTo(2);
    assertThat(Text.shorten("日本語テキスト", 7, false)).isEqualTo("日本語…");
    assertThat(Text.shorten("abcdef", 4, true)).isEqualTo("abc~");
  }

  @Test
  void drawsALineFromZeroToTheLargest() {
    assertThat(Sparkline.line(numbers(0, 1, 2, 3, 4, 5, 6, 7), 10, false)).isEqualTo("▁▂▃▄▅▆▇█");
    assertThat(Sparkline.line(numbers(0, 7), 10, true)).isEqualTo("_#");
    assertThat(Sparkline.line(numbers(0, 0), 10, false)).isEqualTo("▁▁");
    assertThat(Sparkline.line(List.of(Optional.empty(), Optional.of(BigDecimal.ONE)), 9, false))
        .isEqualTo(" █");
    assertThat(Sparkline.line(numbers(IntStream.rangeClosed(1, 90).toArray()), 30, false))
        .hasSize(30);
  }

  @Test
  void drawsABarAsLongAsTheShare() {
    BigDecimal whole = BigDecimal.valueOf(100);

    assertThat(Sparkline.bar(Optional.of(whole), whole, 8, false)).isEqualTo("████████");
    assertThat(Sparkline.bar(Optional.of(BigDecimal.valueOf(50)), whole, 8, true))
        .isEqualTo("####");
    assertThat(Sparkline.bar(Optional.of(BigDecimal.ONE), whole, 8, false)).isEqualTo("▏");
    assertThat(Sparkline.bar(Optional.of(BigDecimal.ZERO), whole, 8, false)).isEmpty();
    assertThat(Sparkline.bar(Optional.of(BigDecimal.TEN), BigDecimal.ZERO, 8, false)).isEmpty();
  }

  private static List<Optional<BigDecimal>> numbers(int... values) {
    return IntStream.of(values).mapToObj(v -> Optional.of(BigDecimal.valueOf(v))).toList();
  }
}
