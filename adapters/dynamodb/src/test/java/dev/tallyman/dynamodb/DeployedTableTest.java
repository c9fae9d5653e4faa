package dev.tallyman.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;

final class DeployedTableTest {
  @Test
  void isPaidByRequestUnlessProvisioned() {
    assertThat(DeployedTable.creation("t").billingMode()).isEqualTo(BillingMode.PAY_PER_REQUEST);
    assertThat(DeployedTable.creation("t").provisionedThroughput()).isNull();
  }

  @Test
  void provisionedIsWhatIsAlwaysFree() {
    var provisioned =
        DeployedTable.creation(
            Template.of(Template.text(), Map.of("Capacity", "provisioned")), "t");
    assertThat(provisioned.billingMode()).isEqualTo(BillingMode.PROVISIONED);
    assertThat(provisioned.provisionedThroughput().readCapacityUnits()).isEqualTo(25);
    assertThat(provisioned.provisionedThroughput().writeCapacityUnits()).isEqualTo(25);
  }

  @Test
  void outlivesItsStack() {
    var template = Template.read();
    assertThat(template.at("Resources", "Table", "DeletionPolicy")).isEqualTo("Retain");
    assertThat(template.at("Resources", "Table", "UpdateReplacePolicy")).isEqualTo("Retain");
    assertThat(template.at("Resources", "Table", "Properties", "DeletionProtectionEnabled"))
        .isEqualTo(true);
    assertThat(
            template.at(
                "Resources",
                "Table",
                "Properties",
                "PointInTimeRecoverySpecification",
                "PointInTimeRecoveryEnabled"))
        .isEqualTo(true);
  }

  @Test
  void isNotMadeWhereAnotherIsNamed() {
    var template = Template.of(Template.text(), Map.of("ExistingTable", "restored"));
    assertThat(template.isMade("Table")).isFalse();
    assertThat(template.at("Outputs", "TableName", "Value")).isEqualTo("restored");
  }

  @Test
  void whatTestsDoNotKnowOfIsRefused() {
    var text =
        Template.text()
            .replace(
                "      KeySchema:\n",
                "      StreamSpecification: {StreamViewType: NEW_IMAGE}\n      KeySchema:\n");
    assertThatThrownBy(() -> DeployedTable.creation(Template.of(text, Map.of()), "t"))
        .hasMessageContaining("StreamSpecification");
  }
}
