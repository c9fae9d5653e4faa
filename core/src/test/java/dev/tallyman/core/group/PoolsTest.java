package dev.tallyman.core.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.UsageRow;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PoolsTest {
  @Test
  void inputAndOutputTokensOfAllModelsOfAGroupShareOnePool() {
    Pools pools = new Pools(ModelGroups.builtIn(), Set.of());
    pools.add(Known.COMPLETIONS, row("a", "gpt-5", 100, 20));
    pools.add(Known.COMPLETIONS, row("b", "gpt-4o-2024-08-06", 1000, 200));
    pools.add(Known.COMPLETIONS, row(null, "gpt-5-mini", 7, 3));
    pools.add(Known.COMPLETIONS, row("a", "ft:gpt-5:acme::1", 5000, 5000));
    pools.add(Known.EMBEDDINGS, row("a", "gpt-5", 5000, 0));

    assertThat(pools.usage())
        .containsExactly(
            new PoolUsage("premium", 1320, 1_000_000), new PoolUsage("mini", 10, 10_000_000));
    assertThat(pools.unknownModels()).isEmpty();
  }

  @Test
  void onlyTheProjectsThatShareDataCount() {
    Pools pools = new Pools(ModelGroups.builtIn(), Set.of("a"));
    pools.add(Known.COMPLETIONS, row("a", "gpt-5", 100, 20));
    pools.add(Known.COMPLETIONS, row("b", "gpt-5", 1000, 200));
    pools.add(Known.COMPLETIONS, row(null, "gpt-5", 1000, 200));

    assertThat(pools.usage()).first().extracting(PoolUsage::used).isEqualTo(120L);
  }

  @Test
  void unknownModelsCountAndAreNamedOnce() {
    Pools pools = new Pools(ModelGroups.builtIn(), Set.of());
    pools.add(Known.COMPLETIONS, row("a", "gpt-7", 1, 1));
    pools.add(Known.COMPLETIONS, row("b", "gpt-7", 1, 1));
    pools.add(Known.COMPLETIONS, row("b", null, 1, 1));

    assertThat(pools.usage()).first().extracting(PoolUsage::used).isEqualTo(6L);
    assertThat(pools.unknownModels()).containsExactly(Pools.NO_MODEL, "gpt-7");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1000000, 0",
    "123456, 1000000, 12.3456",
    "2500000, 1000000, 250",
    "1, 3, 33.333333333333333333",
    "5, 0, 0",
  })
  void thePercentageIsNotRoundedAndNotCapped(long used, long limit, String percentage) {
    assertThat(new PoolUsage("premium", used, limit).percentage().toPlainString())
        .isEqualTo(percentage);
  }

  private static UsageRow row(@Nullable String project, @Nullable String model, long in, long out) {
    return UsageRow.builder()
        .set(Dimension.PROJECT, project)
        .set(Dimension.MODEL, model)
        .set(Quantity.INPUT_TOKENS, in)
        .set(Quantity.OUTPUT_TOKENS, out)
        .build();
  }
}
