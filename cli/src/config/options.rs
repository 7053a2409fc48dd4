//! From settings to the options of engine and server, and what can't be.

use anyhow::{Result, bail};
use engine_core::host::RemovalTimeStrategy;
use tollgate::{CleanUpStrategy, JobOrder, Limits, NamedLimits, store};

use super::{Configuration, Durability};

impl Configuration {
    /// What no single setting can know.
    pub(super) fn check(&mut self) -> Result<()> {
        let settings = &self.settings;
        if settings.tls_certificate.is_some() != settings.tls_key.is_some() {
            bail!("`http.tls-certificate` and `http.tls-key` belong together: set both or none");
        }
        if settings.authorization && !settings.authentication {
            bail!("`http.authorization` needs to know who asks: set `http.authentication = true` too");
        }
        if jiff::tz::TimeZone::get(&settings.time_zone).is_err() {
            bail!(
                "`engine.time-zone`: there is no time zone `{}`; give a name such as `Europe/Berlin`",
                settings.time_zone
            );
        }
        if let Err(error) = tracing_subscriber::EnvFilter::builder().parse(&settings.log) {
            bail!("`log`: `{}` is no filter: {error}; give `warn`, or `info,tollgate=debug`", settings.log);
        }
        if let Some(text) = &settings.history_time_to_live
            && !is_days(text)
        {
            bail!("`engine.history-time-to-live`: `{text}` is no number of days; give `30` or `P30D`");
        }
        if settings.clean_up_window_start.is_some() != settings.clean_up_window_end.is_some() {
            bail!("`history.window-start` and `history.window-end` belong together: set both or none");
        }
        for (name, text) in [
            ("history.window-start", &settings.clean_up_window_start),
            ("history.window-end", &settings.clean_up_window_end),
        ] {
            if let Some(text) = text
                && text.parse::<jiff::civil::Time>().is_err()
            {
                bail!("`{name}`: `{text}` is no time of day; give `22:00`");
            }
        }
        if let Some(text) = settings.batch_invocations_per_job_by_type.iter().find(|text| per_type(text).is_none()) {
            bail!(
                "`batches.invocations-per-job-by-type`: `{text}` names no type with a number; give `set-variables=10`"
            );
        }
        for (name, entries) in [
            ("jobs.limit-by-definition", &settings.job_limit_by_definition),
            ("jobs.limit-by-tenant", &settings.job_limit_by_tenant),
            ("jobs.limit-by-topic", &settings.job_limit_by_topic),
        ] {
            if let Err(why) = NamedLimits::parse(entries.iter().map(String::as_str)) {
                bail!("`{name}`: {why}; give `order=4`, `order=100/m` or `order=4 100/m`");
            }
        }
        if settings.removal_time == RemovalTimeStrategy::None
            && settings.clean_up_strategy == CleanUpStrategy::RemovalTime
        {
            self.warnings.push(
                "`history.removal-time = \"none\"`: history has no removal time by itself, so that the clean-up by removal time \
                 leaves it; `history.clean-up-strategy = \"endTimeBased\"` does without"
                    .to_owned(),
            );
        }
        if !(1..=8).contains(&settings.clean_up_parallel) {
            bail!("`history.parallel`: {} clean-up jobs are not possible; give 1 to 8", settings.clean_up_parallel);
        }
        for (name, texts) in
            [("tracing.headers", &settings.tracing_headers), ("tracing.resource", &settings.tracing_resource)]
        {
            if let Some(text) = texts.iter().find(|text| pair(text).is_none()) {
                bail!("`{name}`: `{text}` has no name and value; give `name=value`");
            }
        }
        if settings.store_durability == Durability::Strict
            && *self.origin(super::find("store.max-loss").expect("a setting")) != super::Origin::Default
        {
            self.warnings.push("`store.max-loss` has no effect with `store.durability = \"strict\"`".to_owned());
        }
        Ok(())
    }

    /// Options of the engine.
    pub(crate) fn engine_options(&self) -> tollgate::Options {
        let settings = &self.settings;
        let mut options = tollgate::Options {
            store: settings.store_kind,
            job_executor: settings.job_executor,
            job_concurrency: settings.job_concurrency,
            job_order: JobOrder {
                by_priority: settings.job_by_priority,
                timers_first: settings.job_timers_first,
                by_due_date: settings.job_by_due_date,
            },
            limits: Limits {
                definitions: limits(&settings.job_limit_by_definition),
                tenants: limits(&settings.job_limit_by_tenant),
                topics: limits(&settings.job_limit_by_topic),
            },
            max_queued: settings.max_queued,
            history_in_memory: settings.history_in_memory,
            history_most: settings.history_most,
            instances_in_memory: settings.instances_in_memory,
            ..tollgate::Options::default()
        };
        options.store_options = store::Options {
            durability: match settings.store_durability {
                Durability::Strict => store::Durability::Strict,
                Durability::Relaxed => store::Durability::Relaxed {
                    max_loss_ms: u64::try_from(settings.store_max_loss.as_millis()).unwrap_or(u64::MAX),
                },
            },
            min_free_bytes: settings.store_min_free.0,
            cache_bytes: settings.store_cache.0,
            memtable_bytes: settings.store_memtable.0,
            workers: settings.store_workers,
            accept_damage: settings.store_accept_damage,
            ..store::Options::default()
        };
        options.batches.jobs_per_seed = settings.batch_jobs_per_seed;
        options.batches.invocations_per_job = settings.batch_invocations_per_job;
        options.batches.invocations_per_job_by_type =
            settings.batch_invocations_per_job_by_type.iter().filter_map(|text| per_type(text)).collect();
        options.batches.poll_seconds = i64::try_from(settings.batch_poll_time.as_secs()).unwrap_or(i64::MAX);
        options.batches.history_time_to_live = settings.batch_history_time_to_live;
        let time = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
        options.clean_up.enabled = settings.clean_up;
        options.clean_up.window = time(&settings.clean_up_window_start)
            .zip(time(&settings.clean_up_window_end))
            .map(|(start, end)| tollgate::Window { start, end });
        options.clean_up.strategy = settings.clean_up_strategy;
        options.clean_up.batch_threshold = settings.clean_up_batch_threshold;
        options.clean_up.batch_size = settings.clean_up_batch_size;
        options.clean_up.degree_of_parallelism = u8::try_from(settings.clean_up_parallel).unwrap_or(1);
        let transactions = &mut options.settings;
        transactions.removal_time = settings.removal_time;
        transactions.history_level = settings.history_level;
        transactions.default_retries = settings.job_retries;
        transactions.default_retry_time_cycle = settings.job_retry_time_cycle.clone();
        transactions.create_incident_on_failed_job = settings.job_incidents;
        transactions.exceptions_after_unhandled_bpmn_error = settings.exceptions_after_unhandled_bpmn_error;
        transactions.skip_output_mapping_on_canceled = settings.skip_output_mapping_on_canceled;
        transactions.reevaluate_time_cycle_when_due = settings.reevaluate_time_cycle_when_due;
        transactions.catch_up = settings.job_catch_up;
        transactions.time_zone.clone_from(&settings.time_zone);
        transactions.tracing = self.tracing().map(|options| options.sampling);
        transactions.hostname.clone_from(&settings.hostname);
        transactions.max_operations = settings.max_operations;
        transactions.max_executions = settings.max_executions;
        transactions.max_call_depth = settings.max_call_depth;
        options.identity.authorization = settings.authorization;
        options.identity.permissions = std::sync::Arc::new(tollgate::request::PermissionPolicy {
            specific_variables: settings.specific_variable_permissions,
            historic_instances: settings.historic_instance_permissions,
            disabled: settings.disabled_permissions.iter().cloned().collect(),
        });
        options.identity.password_policy = settings.password_policy;
        let parse = &mut options.parse;
        parse.enforce_history_time_to_live = settings.enforce_history_time_to_live;
        parse.history_time_to_live.clone_from(&settings.history_time_to_live);
        parse.accept_forks = settings.accept_forks;
        parse.strict_call_activity_validation = settings.strict_call_activity_validation;
        parse.limits.max_bytes = settings.max_model.in_memory();
        let scripts = &mut options.script_limits;
        scripts.time = settings.script_time;
        scripts.operations = settings.script_operations;
        scripts.memory_bytes = settings.script_memory.in_memory();
        options
    }

    /// How traces are exported, if they are.
    pub(crate) fn tracing(&self) -> Option<telemetry::Options> {
        let settings = &self.settings;
        let endpoint = settings.tracing_endpoint.as_deref().filter(|endpoint| !endpoint.is_empty())?;
        // without a path: `scheme://host:port`
        let bare = endpoint.trim_end_matches('/').splitn(4, '/').count() < 4;
        let endpoint = if bare { format!("{}/v1/traces", endpoint.trim_end_matches('/')) } else { endpoint.to_owned() };
        let pairs = |texts: &[String]| texts.iter().filter_map(|text| pair(text)).collect();
        Some(telemetry::Options {
            headers: pairs(&settings.tracing_headers),
            service: settings.tracing_service_name.clone(),
            resource: pairs(&settings.tracing_resource),
            sampling: tollgate::trace::Sampling { ratio: settings.tracing_ratio.0 },
            buffer_bytes: settings.tracing_buffer.in_memory(),
            ..telemetry::Options::new(endpoint)
        })
    }

    /// Options of the server.
    pub(crate) fn server_options(&self) -> server::Options {
        let settings = &self.settings;
        let tls = settings.tls_certificate.clone().zip(settings.tls_key.clone());
        server::Options {
            max_body_bytes: settings.max_body.in_memory(),
            body_timeout: settings.body_timeout,
            header_timeout: settings.header_timeout,
            max_header_bytes: settings.max_header.in_memory(),
            max_connections: settings.max_connections,
            max_streams: settings.max_streams,
            max_requests: settings.max_requests,
            max_long_polls: settings.max_long_polls,
            unique_worker_requests: settings.unique_worker_requests,
            trace_workers: settings.tracing_workers,
            authentication: settings.authentication,
            cors: Some(settings.cors.clone()).filter(|sites| !sites.is_empty()),
            compression: settings.compression,
            tls: tls.map(|(certificate, key)| server::Tls { certificate, key }),
            shutdown_timeout: settings.shutdown_timeout,
            ..server::Options::default()
        }
    }
}

/// `name=value`.
fn pair(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    Some((name.trim().to_owned(), value.trim().to_owned())).filter(|(name, _)| !name.is_empty())
}

/// Limits whose form was checked.
fn limits(entries: &[String]) -> NamedLimits {
    NamedLimits::parse(entries.iter().map(String::as_str)).unwrap_or_default()
}

/// `set-variables=10`.
fn per_type(text: &str) -> Option<(String, i32)> {
    let (kind, number) = text.split_once('=')?;
    let number: u16 = number.trim().parse().ok().filter(|number| *number > 0)?;
    Some((kind.trim().to_owned(), number.into()))
}

/// `30`, or `P30D`.
fn is_days(text: &str) -> bool {
    let digits = text.strip_prefix('P').and_then(|rest| rest.strip_suffix('D')).unwrap_or(text);
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
}
