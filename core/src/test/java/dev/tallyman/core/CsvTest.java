package dev.tallyman.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CsvTest {
  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+1", "-x", "-1+2", "@SUM(A1)", "\tx", "＝1", "＋1", "－1", "＠a"})
  void whatASpreadsheetWouldComputeIsDisarmed(String text) {
    assertThat(Csv.line(List.of(text, "b"))).isEqualTo("'%s,b", text);
  }

  @Test
  void whatIsBehindBlanksIsDisarmedToo() {
    assertThat(Csv.line(List.of(" =1+1"))).isEqualTo("' =1+1");
    assertThat(Csv.line(List.of("\r=1"))).isEqualTo("\"'\r=1\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-12.5", "-1", "0", "1E+3", "-1.5e-7"})
  void numbersStayNumbersAsTextToo(String number) {
    assertThat(Csv.line(List.of(number, new BigDecimal("-3.0")))).isEqualTo("%s,-3.0", number);
  }
}
