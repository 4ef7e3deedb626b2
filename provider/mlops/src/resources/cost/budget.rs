//! `mlops_budget`: a cost budget, and who is notified of it.
//!
//! Quirks of the API: budgets are of the account, not of a region; an update replaces all settings but the notifications;
//! an amount is described as a decimal with a fraction, whatever was sent. Source: AWS Budgets API reference, CreateBudget,
//! UpdateBudget and DescribeBudget.

use std::collections::BTreeMap;

use async_trait::async_trait;
use tfplug::model::{Model, Root};
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use crate::aws::client::Regional;
use crate::aws::operation::error;
use crate::engine::key::{self, ArnForm, Key};
use crate::engine::{Clear, Create, Declared, Delete, Hooks, MovedFrom, Read, UpdateBy, millis};
use crate::services::budgets::{
    ARN, CREATE_BUDGET, DELETE_BUDGET, DESCRIBE_BUDGET, SET_NOTIFICATIONS, TAGS, UPDATE_BUDGET, plain,
};
use crate::shapes::budget::{CostTypes, NotificationWithSubscribers, Spend};
use crate::shapes::fields::Tagged;

/// A budget for costs or usage, and who is notified when a threshold is passed. AWS brings the costs up to date up to three
/// times a day, and a budget stops nothing: it notifies.
///
/// A stack's costs are those of its tags, once these are activated as cost allocation tags in the billing console, which takes
/// up to 24 hours: `cost_filters = { TagKeyValue = [format("user:%s$%s", "stack", "churn")] }`.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "budget",
    subcategory = "Cost",
    timeouts(create = "5m", update = "5m", delete = "5m"),
    identity("name", optional("region"), derived("account_id"))
)]
pub struct Budget {
    /// Name, unique in the account.
    #[tf(required, requires_replace, provider_only, validate(NAME))]
    name: String,
    /// AWS Region that the budget is created through. Budgets are global: one name stands for the same budget in every Region.
    /// Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// What the budget is for: `COST` or `USAGE`. Defaults to `COST`.
    #[tf(optional, computed, default = "COST", validate(Validator::OneOf(&["COST", "USAGE"])))]
    budget_type: String,
    #[tf(required)]
    budget_limit: Spend,
    /// Period after which the budget begins again: `DAILY`, `MONTHLY`, `QUARTERLY` or `ANNUALLY`. Defaults to `MONTHLY`. A
    /// daily budget cannot have notifications of type `FORECASTED`.
    #[tf(optional, computed, default = "MONTHLY", validate(Validator::OneOf(&["DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY"])))]
    time_unit: String,
    /// Filters by dimension: only what has one of the values of each counts. `TagKeyValue` takes tags in the form
    /// `user:KEY$VALUE`, `Service` names such as `Amazon SageMaker`; further ones are `LinkedAccount`, `Region`, `UsageType`
    /// and `CostCategory`. All costs of the account count unless set.
    #[tf(optional)]
    cost_filters: Option<BTreeMap<String, Vec<String>>>,
    #[tf(optional, computed, use_state_for_unknown)]
    cost_types: Option<CostTypes>,
    #[tf(optional, unordered, validate(Validator::Count { min: 0, max: 10 }))]
    notifications_with_subscribers: Option<Vec<NotificationWithSubscribers>>,
    #[tf(embed)]
    tagged: Tagged,
    /// ARN of the budget.
    #[tf(computed, provider_only, use_state_for_unknown)]
    arn: Option<String>,
}

/// Source: the service model, BudgetName.
const NAME: Validator = Validator::Text {
    expected: "1 to 100 characters without colons and backslashes",
    accepts: |s| (1..=100).contains(&s.chars().count()) && !s.contains([':', '\\']) && !s.contains("/action/"),
};

/// The declaration.
pub static BUDGET: Declared = Declared {
    // What the provider `aws` takes: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/budgets_budget>.
    other_ids: &["{account_id}:{name}"],
    moved_from: &[MovedFrom::new("aws_budgets_budget", &["name"])],
    key: Key { member: Some("budget_name"), ..key::NAME },
    tags: Some(&TAGS),
    updates: &[
        UpdateBy::new(UPDATE_BUDGET, &["budget_type", "budget_limit", "time_unit", "cost_filters", "cost_types"]),
        UpdateBy {
            clear: &[Clear::empty("notifications_with_subscribers")],
            ..UpdateBy::new(SET_NOTIFICATIONS, &["notifications_with_subscribers"])
        },
    ],
    server_defaults: &["cost_types"],
    hooks: &BudgetHooks,
    omitted: &[
        ("account_id", "the account of the credentials"),
        ("planned_budget_limits", "a limit of its own for each period"),
        ("time_period", "a budget begins with the present period, and does not end"),
        ("calculated_spend", "AWS calculates it"),
        ("last_updated_time", "AWS sets it"),
        ("auto_adjust_data", "a limit that follows the costs is none"),
        ("filter_expression", "cost_filters says it"),
        ("show_filter_expression", "cost_filters says it"),
        ("metrics", "cost_types says it"),
        ("billing_view_arn", "a budget is of its account's costs"),
        ("health_status", "AWS sets it"),
        ("notifications_with_subscribers.notification.notification_state", "AWS sets it"),
    ],
    ..Declared::named(
        "budget",
        Budget::shared,
        ArnForm { regional: false, ..ArnForm::regional("budgets", "budget/{name}") },
        Create {
            operation: CREATE_BUDGET,
            arn: Some(ARN),
            // Source: the service model, CreateBudget.
            exists: &[error("DuplicateRecordException", "")],
            retryable: &[],
        },
        // Source: the service model, DescribeBudget.
        Read { created: None, ..Read::by(DESCRIBE_BUDGET, &[error("NotFoundException", "")]) },
        Delete::by(DELETE_BUDGET, &[]),
    )
};

struct BudgetHooks;

#[async_trait]
impl Hooks for BudgetHooks {
    /// What is sent is compared with what is described, to know whether an interrupted creation made it.
    fn adapt(&self, input: &mut Value) {
        if let Some(Value::String(amount)) = input.at_mut(&Path::of(Budget::BUDGET_LIMIT).attribute(Spend::AMOUNT)) {
            *amount = plain(amount);
        }
    }

    /// Of a budget that was just made, the time of the last update is that of its creation, which nothing else says.
    async fn created(&self, _: &Regional, _: &str, description: &Value) -> Option<i64> {
        millis(description.attribute("last_updated_time"))
    }
}
