package dev.tallyman.core.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelGroupsTest {
  private static final LocalDate DAY = LocalDate.parse("2026-11-20");
  private static final ModelGroups GROUPS = ModelGroups.builtIn();

  @ParameterizedTest
  @CsvSource({
    "gpt-5-mini, mini",
    "gpt-4o-mini, mini",
    "gpt-4o-mini-2024-07-18, mini",
    "o3-mini, mini",
    "o1-mini-20240912, mini",
    "GPT-5-Nano, mini",
    "codex-mini-latest, mini",
    "gpt-5.6-luna, mini",
    "gpt-4o-2024-08-06, premium",
    "gpt-5, premium",
    "gpt-5.4-2026-03-05, premium",
    "gpt-5.1-codex, premium",
    "gpt-6-luna, premium",
    "o1-preview, premium",
  })
  void theLongestMatchingPatternDecides(String model, String group) {
    assertThat(GROUPS.groupOf(model)).hasValue(group);
    assertThat(GROUPS.known(model)).isTrue();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {"gpt-7", "gpt-5-pro", "o3-pro", "gpt-4o-audio-preview", "gpt-5-mini-x", ""})
  void anUnknownModelCountsAsPremiumAndIsSaidToBeUnknown(@Nullable String model) {
    assertThat(GROUPS.groupOf(model)).hasValue("premium");
    assertThat(GROUPS.known(model)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ft:gpt-4o-mini-2024-07-18:acme::abc", "FT:gpt-5", "gpt-4o-mini-2024-07-18.ft-1"})
  void aFineTunedModelIsOutsideAndKnownToBe(String model) {
    assertThat(GROUPS.groupOf(model)).isEmpty();
    assertThat(GROUPS.known(model)).isTrue();
  }

  @Test
  void theBuiltInGroupsHaveTheLimitsOfTheProviderAndSayWhenTheyWereTrue() {
    assertThat(GROUPS.groups()).extracting(ModelGroup::name).containsExactly("premium", "mini");
    assertThat(GROUPS.groups())
        .extracting(ModelGroup::dailyLimit)
        .containsExactly(1_000_000L, 10_000_000L);
    assertThat(GROUPS.asOf()).isEqualTo("2026-09-28");
    assertThat(GROUPS.source()).contains("10306912");
  }

  @Test
  void limitsCanBeConfiguredAndPreset() {
    assertThat(GROUPS.withDailyLimit("premium", 5).withDailyLimit("mini", 6).groups())
        .extracting(ModelGroup::dailyLimit)
        .containsExactly(5L, 6L);
    assertThat(GROUPS.withLowUsageTierLimits().groups())
        .extracting(ModelGroup::dailyLimit)
        .containsExactly(250_000L, 2_500_000L);
    assertThat(GROUPS.withDailyLimit("none", 5).groups()).isEqualTo(GROUPS.groups());
  }

  @Test
  void groupsCanBeReplacedAndAddedWithoutAChangeOfCode() {
    ModelGroups own =
        ModelGroups.of(
            List.of(
                new ModelGroup("large", List.of("llama-*"), 10),
                new ModelGroup("small", List.of("llama-4-8b*", "ft:llama*", "llama-3"), 20)),
            DAY,
            "settings");

    assertThat(own.groupOf("llama-4-70b")).hasValue("large");
    assertThat(own.groupOf("llama-4-8b-instruct")).hasValue("small");
    assertThat(own.groupOf("llama-3")).hasValue("small");
    assertThat(own.groupOf("ft:llama-3:x")).hasValue("small");
    assertThat(own.groupOf("gpt-5")).hasValue("large");
    assertThat(own.known("gpt-5")).isFalse();
    assertThat(own.withLowUsageTierLimits().groups()).isEqualTo(own.groups());

    ModelGroups more = GROUPS.with(new ModelGroup("open", List.of("gpt-oss*"), 0));
    assertThat(more.groupOf("gpt-oss-20b")).hasValue("open");
    assertThat(more.groups()).hasSize(3);
    ModelGroups less = GROUPS.with(new ModelGroup("mini", List.of("o1-mini"), 1));
    assertThat(less.groups()).hasSize(2);
    assertThat(less.known("gpt-5-mini")).isFalse();
  }

  @Test
  void aModelCannotBeInTwoGroups() {
    assertThatThrownBy(() -> GROUPS.with(new ModelGroup("other", List.of("GPT-5"), 1)))
        .hasMessageContaining("GPT-5 is both in premium and in other");
    assertThatThrownBy(() -> new ModelGroup("Premium", List.of(), 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ModelGroup("a", List.of("gpt-*-mini"), 1))
        .hasMessageContaining("trailing *");
    assertThatThrownBy(() -> ModelGroups.parse("group, a, 1, 1\nmodels, b, c"))
        .hasMessageStartingWith("line 2 of the groups");
  }
}
