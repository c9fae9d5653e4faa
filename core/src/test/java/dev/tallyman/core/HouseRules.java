package dev.tallyman.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

/** The rules every module keeps. */
public final class HouseRules {
  @ArchTest
  static final ArchRule CORE_IS_PURE =
      classes()
          .that()
          .resideInAPackage("dev.tallyman.core..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.tallyman.core..",
              "java.io..",
              "java.lang..",
              "java.math..",
              "java.nio.charset..",
              "java.security..",
              "java.time..",
              "java.util..",
              "org.jspecify.annotations..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule MONEY_IS_NEVER_FLOATING =
      noMethods()
          .should()
          .haveRawReturnType(double.class)
          .orShould()
          .haveRawReturnType(float.class)
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule NO_FLOATING_FIELDS =
      noFields()
          .should()
          .haveRawType(double.class)
          .orShould()
          .haveRawType(float.class)
          .allowEmptyShould(true);

  @ArchTest static final ArchRule NO_STREAMS = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

  @ArchTest static final ArchRule NO_GENERIC = NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;

  @ArchTest
  static final ArchRule ACYCLIC =
      slices().matching("dev.tallyman.(**)").should().beFreeOfCycles().allowEmptyShould(true);

  @ArchTest
  static final ArchRule NOBODY_SLEEPS =
      noClasses().should().callMethod(Thread.class, "sleep", long.class);

  private HouseRules() {}

  @ArchTest
  static void seesClasses(JavaClasses classes) {
    assertThat(classes).isNotEmpty();
  }

  @ArchTest
  static void packagesAreNullMarked(JavaClasses classes) {
    assertThat(classes)
        .allSatisfy(c ->
            assertThat(c.getPackage().isAnnotatedWith(NullMarked.class))
                .as(c.getPackageName())
                .isTrue());
  }
}
