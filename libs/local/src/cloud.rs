//! The whole: emulators behind the front door, then gateway and event sources, made from one template.
//!
//! It starts in two steps, because functions need the endpoint and their keys before they can be registered:
//! [`LocalCloud::open`] creates what the template declares, [`LocalCloud::serve`] plays it with the given functions.

use std::{
    collections::BTreeMap,
    fs::File,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::Router;
use igny8_core::Env;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{OnceCell, mpsc::UnboundedReceiver},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    door::{self, Door},
    emulators::{
        bus::{BusEvent, Buses},
        connections::Connections,
        objects::{self, ObjectStore},
        queues::Queues,
        secrets::Secrets,
        table::TableEngine,
    },
    faults::Faults,
    gateway::{Gateway, SiteResolver, Sockets},
    iam::{ADMIN, AccessKey, Callers, Capacity, Denied},
    invoke::{Functions, InvokeError, Registry},
    mappings::{self, Ground, schedule_event},
    place::{LocalError, Place, Result},
    private,
    process::{Binary, Processes},
    server,
    template::{EventSource, Template, TemplateSource},
};

/// How to start a local cloud.
pub struct Options {
    /// Where the state is kept (`IGNY8_DATA_DIR`).
    pub data_dir: PathBuf,
    /// Where the gateway listens (`IGNY8_ADDR`); port 0 takes a free one.
    pub address: SocketAddr,
    /// Where the front door for AWS calls listens; port 0 takes a free one.
    pub endpoint: SocketAddr,
    /// What to play.
    pub template: TemplateSource,
    /// Values for the template's parameters instead of their defaults; `{gateway}` stands for the gateway's address.
    pub parameters: BTreeMap<String, String>,
    /// What goes wrong.
    pub faults: Arc<Faults>,
    /// Whether schedules run by themselves; [`LocalCloud::trigger`] works either way.
    pub schedules: bool,
    /// Divides Lambda's waits of one and two minutes before an asynchronous invocation is repeated.
    pub haste: u32,
}

impl Options {
    /// Free ports of loopback, no faults, schedules on, AWS's own waits.
    pub fn new(data_dir: impl Into<PathBuf>, template: TemplateSource) -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            data_dir: data_dir.into(),
            address: loopback,
            endpoint: loopback,
            template,
            parameters: BTreeMap::new(),
            faults: Arc::new(Faults::none()),
            schedules: true,
            haste: 1,
        }
    }
}

/// What the gateway and the event sources play with.
#[derive(Default)]
pub struct Guests {
    /// The functions by logical id or binary name.
    pub registry: Registry,
    /// Knows which host names are sites.
    pub sites: Option<Arc<dyn SiteResolver>>,
    /// Pages for paths that no route takes, such as `/` and `/local/`.
    pub local: Option<Router>,
}

/// A running local cloud. Dropping it stops it without waiting; [`LocalCloud::shutdown`] waits.
pub struct LocalCloud {
    template: Template,
    door: Arc<Door>,
    store: Arc<ObjectStore>,
    data_dir: PathBuf,
    schedules: bool,
    haste: u32,
    listener: Mutex<Option<TcpListener>>,
    events: Mutex<Option<UnboundedReceiver<BusEvent>>>,
    ground: Mutex<Option<Ground>>,
    processes: Mutex<Vec<Arc<Processes>>>,
    stop: CancellationToken,
    tasks: TaskTracker,
    /// Dropped last: when the next process gets the folder, this one has let go of all in it.
    _lock: File,
}

impl LocalCloud {
    /// Opens the state, creates what the template declares and serves the front door. No function runs yet.
    pub async fn open(options: Options) -> Result<Self> {
        let Options { data_dir, address, endpoint, template, parameters, faults, schedules, haste } = options;
        let lock = private::lock(&data_dir)?;
        let folder = |name: &str| -> Result<PathBuf> {
            let path = data_dir.join(name);
            private::create_folder(&path).map_err(LocalError::io(path.display()))?;
            Ok(path)
        };
        folder("streams")?;
        let gateway = TcpListener::bind(address).await.map_err(|source| LocalError::Address { address, source })?;
        let front = TcpListener::bind(endpoint).await.map_err(LocalError::io(endpoint))?;
        let url = |listener: &TcpListener| {
            listener.local_addr().map(|at| format!("http://{at}")).map_err(LocalError::io("a listener's address"))
        };
        let place = Place { endpoint: url(&front)?, gateway: url(&gateway)?, ..Place::default() };
        let parameters =
            parameters.into_iter().map(|(name, value)| (name, value.replace("{gateway}", &place.gateway))).collect();
        let template = Template::resolve(&template, &place, &parameters)?;

        let env = Env::system();
        let statements =
            template.functions.values().map(|function| (function.id.clone(), function.statements.clone())).collect();
        let callers = Arc::new(Callers::new(seed(&data_dir, &env)?, statements));
        let file = data_dir.join("table.sqlite");
        // It holds hashes of passwords and mails with links. SQLite gives its journals the mode of the file.
        private::keep(&file).map_err(LocalError::io(file.display()))?;
        let table = Arc::new(TableEngine::open(&file)?);
        let tables: Vec<_> = template.tables.values().cloned().collect();
        for one in &tables {
            table.create(one).await?;
        }
        let store = Arc::new(ObjectStore::open(&folder("objects")?).map_err(LocalError::io("the objects"))?);
        for bucket in template.buckets.values() {
            store.create_bucket(&bucket.name).map_err(LocalError::io("a bucket"))?;
        }
        let queues = Arc::new(Queues::new(place.clone(), Arc::clone(&faults)));
        for queue in template.queues.values() {
            queues.create(queue);
        }
        let secrets = Secrets::open(&data_dir.join("secrets.json"), place.clone(), env.clone())?;
        for secret in template.secrets.values() {
            secrets.create(secret)?;
        }
        let (buses, events) = Buses::new(place.clone(), env);
        for bus in template.buses.values() {
            buses.create(bus);
        }

        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let door = Arc::new(Door {
            objects: objects::service(Arc::clone(&store), Arc::clone(&callers)),
            place,
            callers,
            faults,
            table,
            tables,
            replica: OnceCell::new(),
            queues,
            secrets,
            buses: Arc::new(buses),
            connections: Arc::default(),
            buckets: template.buckets.values().cloned().collect(),
        });
        if door.faults.plan().stale_indexes.is_some() {
            door.prepare_replica().await?;
        }
        server::serve(front, door::handler(Arc::clone(&door)), stop.clone(), &tasks);
        Ok(Self {
            template,
            door,
            store,
            data_dir,
            schedules,
            haste,
            listener: Mutex::new(Some(gateway)),
            events: Mutex::new(Some(events)),
            ground: Mutex::new(None),
            processes: Mutex::default(),
            stop,
            tasks,
            _lock: lock,
        })
    }

    /// Starts the gateway and the event sources with these functions; once, and inside a tokio runtime. Every function of
    /// the template must be there.
    pub fn serve(&self, guests: Guests) -> Result<()> {
        let Guests { registry, sites, local } = guests;
        let taken = (take(&self.listener), take(&self.events));
        let (Some(listener), Some(events)) = taken else {
            return Err(LocalError::Refused("the local cloud is already serving".into()));
        };
        let door = &self.door;
        let functions =
            Arc::new(Functions::new(&self.template, &registry, Arc::clone(&door.queues), Env::system(), self.haste));
        if let [first, ..] = functions.missing()[..] {
            let words = format!("{first} and {} more are not in the registry", functions.missing().len() - 1);
            return Err(LocalError::Refused(words));
        }
        let ground = Ground {
            place: door.place.clone(),
            functions: Arc::clone(&functions),
            queues: Arc::clone(&door.queues),
            table: Arc::clone(&door.table),
            stop: self.stop.clone(),
            tasks: self.tasks.clone(),
        };
        mappings::start(&ground, &self.template, &self.data_dir.join("streams"), events, self.schedules)?;
        self.tasks.spawn(sweep(ground.clone()));
        *self.ground.lock().unwrap_or_else(PoisonError::into_inner) = Some(ground);
        let sockets = Sockets {
            apis: self.template.sockets.values().cloned().collect(),
            functions,
            connections: Arc::clone(&door.connections),
            stop: self.stop.clone(),
            tasks: self.tasks.clone(),
        };
        let gateway = Gateway::new(&self.template, &door.place.account, sockets, Arc::clone(&self.store), sites, local);
        let gateway = Arc::new(gateway);
        let handler = server::always(move |request, peer| {
            let gateway = Arc::clone(&gateway);
            async move { Ok(gateway.answer(request, peer).await) }
        });
        server::serve(listener, handler, self.stop.clone(), &self.tasks);
        Ok(())
    }

    /// `AWS_ENDPOINT_URL` for everything that calls AWS.
    pub fn endpoint(&self) -> &str {
        &self.door.place.endpoint
    }

    /// The gateway's address: API, Function URLs and local pages.
    pub fn url(&self) -> &str {
        &self.door.place.gateway
    }

    /// Region, account and addresses.
    pub fn place(&self) -> &Place {
        &self.door.place
    }

    /// The template as it is played.
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// The keys of a function, by logical id, binary or physical name.
    pub fn access_key(&self, function: &str) -> Option<AccessKey> {
        self.door.callers.key(&self.template.function(function)?.id)
    }

    /// The keys of someone who may do everything: for setting up and looking.
    pub fn admin_key(&self) -> AccessKey {
        self.door.callers.key(ADMIN).unwrap_or(AccessKey { id: String::new(), secret: String::new() })
    }

    /// The environment that Lambda would give a function: its variables, its keys, region, endpoint, name and memory.
    pub fn environment(&self, function: &str) -> Option<BTreeMap<String, String>> {
        let function = self.template.function(function)?;
        let key = self.door.callers.key(&function.id)?;
        let mut environment = function.environment.clone();
        environment.extend(
            [
                ("AWS_REGION", self.door.place.region.clone()),
                ("AWS_DEFAULT_REGION", self.door.place.region.clone()),
                ("AWS_ACCESS_KEY_ID", key.id),
                ("AWS_SECRET_ACCESS_KEY", key.secret),
                ("AWS_ENDPOINT_URL", self.door.place.endpoint.clone()),
                ("AWS_LAMBDA_FUNCTION_NAME", function.name.clone()),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_mb.to_string()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        Some(environment)
    }

    /// The function's real binary, run as processes; `more` is added to its environment. Put [`Processes::invoke`] into
    /// the registry.
    pub fn processes(
        &self,
        function: &str,
        program: &Path,
        concurrency: usize,
        more: &BTreeMap<String, String>,
    ) -> Option<Arc<Processes>> {
        let mut environment = self.environment(function)?;
        environment.extend(more.clone());
        let function = self.template.function(function)?;
        let processes = Processes::new(Binary {
            program: program.to_owned(),
            arguments: Vec::new(),
            environment,
            function_name: function.name.clone(),
            memory_mb: function.memory_mb,
            concurrency,
        });
        self.processes.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&processes));
        Some(processes)
    }

    /// Calls that a policy did not allow, each once.
    pub fn denied(&self) -> Vec<Denied> {
        self.door.callers.denied()
    }

    /// What each caller consumed of the table: by logical id, and `Admin`.
    pub fn consumed(&self) -> BTreeMap<String, Capacity> {
        self.door.callers.consumed()
    }

    /// Sets [`LocalCloud::consumed`] to zero.
    pub fn reset_consumed(&self) {
        self.door.callers.reset_consumed();
    }

    /// Changes what goes wrong. Indexes that lag do so from the next write on.
    pub async fn set_faults(&self, change: impl FnOnce(&mut crate::Plan)) -> Result<()> {
        self.door.faults.set(change);
        if self.door.faults.plan().stale_indexes.is_some() {
            self.door.prepare_replica().await?;
        }
        Ok(())
    }

    /// The queues.
    pub fn queues(&self) -> &Queues {
        &self.door.queues
    }

    /// The open sockets.
    pub fn connections(&self) -> &Connections {
        &self.door.connections
    }

    /// The secrets.
    pub fn secrets(&self) -> &Secrets {
        &self.door.secrets
    }

    /// The objects.
    pub fn objects(&self) -> &Arc<ObjectStore> {
        &self.store
    }

    /// The table engine.
    pub fn table(&self) -> &TableEngine {
        &self.door.table
    }

    /// Invocations and failed invocations of a function so far.
    pub fn tally(&self, function: &str) -> (u64, u64) {
        let ground = self.ground.lock().unwrap_or_else(PoisonError::into_inner);
        let id = self.template.function(function).map(|function| function.id.as_str()).unwrap_or_default();
        ground.as_ref().map_or((0, 0), |ground| ground.functions.tally(id))
    }

    /// Invokes a function with an event of one's own, as `aws lambda invoke` does.
    pub async fn invoke(&self, function: &str, event: Value) -> Result<Value, InvokeError> {
        let missing = || InvokeError::Missing(function.to_owned());
        let id = self.template.function(function).map(|function| function.id.clone()).ok_or_else(missing)?;
        let functions = {
            let ground = self.ground.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(&ground.as_ref().ok_or_else(missing)?.functions)
        };
        functions.invoke(&id, event).await
    }

    /// Runs a schedule now, by its name or its function's; gives the function's answer.
    pub async fn trigger(&self, name: &str) -> Result<Value, InvokeError> {
        let missing = || InvokeError::Missing(name.to_owned());
        let by_function = self.template.function(name).map(|function| &function.id);
        let found = self.template.functions.values().find_map(|function| {
            function.events.iter().find_map(|event| match &event.source {
                EventSource::Schedule(schedule) if schedule.name == name || by_function == Some(&function.id) => {
                    Some((function.id.clone(), schedule.clone()))
                }
                _ => None,
            })
        });
        let (function, schedule) = found.ok_or_else(missing)?;
        let ground = self.ground.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(missing)?;
        let usual = || schedule_event(&ground.place, &schedule.name, &ground);
        let event = schedule.input.clone().unwrap_or_else(usual);
        ground.functions.invoke(&function, event).await
    }

    /// Stops accepting, lets open requests and invocations end, and waits for them for up to ten seconds.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        for processes in self.processes.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            processes.stop();
        }
        self.tasks.close();
        if tokio::time::timeout(Duration::from_secs(10), self.tasks.wait()).await.is_err() {
            tracing::warn!(left = self.tasks.len(), "some tasks did not end in time");
        }
    }
}

impl Drop for LocalCloud {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn take<T>(slot: &Mutex<Option<T>>) -> Option<T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Deletes what has outlived its TTL, once a minute (AWS takes up to days).
async fn sweep(ground: Ground) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_mins(1)) => {}
            () = ground.stop.cancelled() => return,
        }
        let database = ground.table.database();
        let swept = tokio::task::spawn_blocking(move || database.sweep_ttl()).await;
        match swept {
            Ok(Ok(0)) => {}
            Ok(Ok(items)) => tracing::debug!(items, "expired items are deleted"),
            Ok(Err(error)) => tracing::error!(%error, "expired items cannot be deleted"),
            Err(error) => tracing::error!(%error, "expired items cannot be deleted"),
        }
    }
}

/// What the secrets of the access keys are made of: kept, so that presigned URLs outlive a restart.
fn seed(data_dir: &Path, env: &Env) -> Result<String> {
    let file = data_dir.join("keys.seed");
    private::restrict(&file).map_err(LocalError::io("the keys' seed"))?;
    match std::fs::read_to_string(&file) {
        Ok(seed) => Ok(seed),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let seed = env.secret();
            private::write(&file, &seed).map_err(LocalError::io("the keys' seed"))?;
            Ok(seed)
        }
        Err(error) => Err(LocalError::io("the keys' seed")(error)),
    }
}
