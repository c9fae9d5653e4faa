package dev.tallyman.api.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TableTest {
  @Test
  void cellsAreQuotedAsRfc4180Says() {
    assertThat(csv("plain", "a,b", "say \"hi\"", "two\r\nlines", null))
        .isEqualTo("plain,\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\",\r\n");
  }

  @Test
  void aTextThatLooksLikeAFormulaIsDisarmedButANumberIsNot() {
    assertThat(csv("=1+1", "+1", "-x", "@SUM(A1)", "\tx"))
        .isEqualTo("'=1+1,'+1,'-x,'@SUM(A1),'\tx\r\n");
    assertThat(csv(new BigDecimal("-1.5"), -3L, new BigDecimal("1E+3"), true, "1"))
        .isEqualTo("-1.5,-3,1000,true,1\r\n");
  }

  @Test
  void aTableThatIsTooLargeSaysHowToAskForLess() {
    var table = new Table(List.of("text"));
    String text = "x".repeat(1024);
    for (int i = 0; i < 5000; i++) {
      table.row(text);
    }
    assertThatThrownBy(table::csv)
        .isInstanceOf(Problem.class)
        .hasMessageContaining("page with limit and cursor");
  }

  private static String csv(@Nullable Object... cells) {
    var table = new Table(List.of("a", "b", "c", "d", "e")).row(cells);
    String text = new String(table.csv().toArray(), StandardCharsets.UTF_8);
    return text.substring("a,b,c,d,e\r\n".length());
  }
}
