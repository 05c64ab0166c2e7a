using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Reminders;
using Orleans.Runtime;

namespace Orleans.InProcess;

/// <summary>The one silo of the process: the directory of its activations, and what they share.</summary>
internal sealed class Silo
{
    private const int StopRounds = 5;

    private readonly ConcurrentDictionary<GrainId, ICallTarget> _directory = [];
    private IIncomingGrainCallFilter[]? _incomingFilters;
    private IOutgoingGrainCallFilter[]? _outgoingFilters;
    private ITimer? _collector;
    private int _epoch;

    public Silo(IServiceProvider services, GrainAssemblies assemblies, Dispatcher dispatcher, string processName)
    {
        Services = services;
        Dispatcher = dispatcher;
        Time = services.GetRequiredService<TimeProvider>();
        Log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Orleans.InProcess");
        Collection = services.GetRequiredService<IOptions<GrainCollectionOptions>>().Value;
        InlineObservers = services.GetRequiredService<IOptions<ObserverOptions>>().Value.MayRunInline;
        var messaging = services.GetRequiredService<IOptions<SiloMessagingOptions>>().Value;
        MaxWaiting = messaging.MaxEnqueuedRequestsHardLimit is var limit and > 0 ? limit : int.MaxValue;
        Timeouts = new CallTimeouts(Time, messaging.ResponseTimeout);
        Catalog = new GrainCatalog(assemblies.All, Collection);
        Factory = new GrainFactory(this);
        Observers = new ObserverTable(this, processName);
        Reminders = new ReminderService(this, services.GetRequiredService<IReminderTable>(), services.GetRequiredService<IOptions<ReminderOptions>>().Value);
    }

    public IServiceProvider Services { get; }
    public Dispatcher Dispatcher { get; }
    public TimeProvider Time { get; }
    public ILogger Log { get; }
    public GrainCollectionOptions Collection { get; }
    public GrainCatalog Catalog { get; }
    public CallTimeouts Timeouts { get; }
    public GrainFactory Factory { get; }
    public ObserverTable Observers { get; }
    public IReadOnlyDictionary<Type, Func<bool>> InlineObservers { get; }
    public ReminderService Reminders { get; }

    /// <summary>Made with the first call, since filters may themselves ask for the silo's factory.</summary>
    public IIncomingGrainCallFilter[] IncomingFilters => _incomingFilters ??= [.. Services.GetServices<IIncomingGrainCallFilter>()];

    public IOutgoingGrainCallFilter[] OutgoingFilters => _outgoingFilters ??= [.. Services.GetServices<IOutgoingGrainCallFilter>()];

    public int MaxWaiting { get; }
    public TaskCreationOptions PromiseOptions => Dispatcher.PromiseOptions;

    /// <summary>What carries requests instead of the direct way; the simulator's.</summary>
    public INetwork? Network { get; set; }

    /// <summary>The collector's rounds so far; activations note their last use by it.</summary>
    public int Epoch => _epoch;

    public bool IsStopped { get; private set; }

    public IEnumerable<Activation> Activations =>
        _directory.Values.SelectMany(target => target is StatelessWorkers group ? group.Workers : [(Activation)target]);

    public int EpochAfter(TimeSpan span) => _epoch + 1 + (int)Math.Min(int.MaxValue / 2, Math.Ceiling(span / Collection.CollectionQuantum));

    public async Task Start(CancellationToken token)
    {
        _collector = CleanContext.CreateTimer(Time, static silo => ((Silo)silo!).Collect(), this);
        _collector.Change(Collection.CollectionQuantum, Collection.CollectionQuantum);
        await Reminders.Start(token);
    }

    /// <summary>Takes every activation down properly, as long as the token allows.</summary>
    public async Task Stop(CancellationToken token)
    {
        await Reminders.Stop(CancellationToken.None);
        try
        {
            // A grain's end may call other grains and so start them again.
            for (var round = 0; round < StopRounds && Grains().ToArray() is { Length: > 0 } left; round++)
            {
                foreach (var activation in left)
                    activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "The silo stops."), CancellationToken.None);
                await Task.WhenAll(left.Select(activation => activation.Deactivated)).WaitAsync(token);
            }
        }
        catch (OperationCanceledException)
        {
            Log.ActivationsLeft(Grains().Count());
        }

        Halt();
    }

    /// <summary>Ends as a crash does: nothing is told, nothing runs any more, and every unanswered call fails.</summary>
    public void Kill()
    {
        foreach (var activation in Dispatcher.InOrder(Activations))
            activation.Kill();
        Reminders.Drop();
        Halt();
    }

    public ICallTarget? Find(GrainId id) => _directory.GetValueOrDefault(id);

    /// <summary>The activation of the id, a new one if need be; null if the id is no grain's and no observer's.</summary>
    public ICallTarget? Locate(GrainId id)
    {
        if (_directory.TryGetValue(id, out var known))
            return known;
        if (Catalog.ByName(id.Type.ToString()) is not { } grainClass)
            return null;
        return _directory.GetOrAdd(id, grainClass.MaxWorkers > 0 ? new StatelessWorkers(this, grainClass, id) : new Activation(this, grainClass, id));
    }

    public void Add(Activation activation) => _directory[activation.GrainId] = activation;

    public void Forget(Activation gone)
    {
        if (_directory.GetValueOrDefault(gone.GrainId) is StatelessWorkers group)
            group.Remove(gone);
        else
            _directory.TryRemove(new(gone.GrainId, gone));
    }

    /// <summary>Brings a request, whose promise the caller already has, to whoever now stands for its grain.</summary>
    public void Redeliver(Request request)
    {
        while (Locate(request.Target) is { } target && !IsStopped)
        {
            if (target.Receive(request))
                return;
        }

        Refuse(request);
    }

    public Task Refuse(Request request)
    {
        Exception error = IsStopped ? new SiloUnavailableException("The silo has stopped.")
            : request.Target.Type.ToString() == ObserverTable.TypeName ? new ClientNotAvailableException($"The observer {request.Target} is gone.")
            : Catalog.ByName(request.Target.Type.ToString()!) is null ? new ArgumentException($"There is no grain type '{request.Target.Type}'.")
            : new SiloUnavailableException("No silo is there that the grain could run on.");
        request.Settle(request.Failed(error));
        return request.Answer;
    }

    private IEnumerable<Activation> Grains() => Activations.Where(activation => !activation.Class.IsObserver);

    private void Halt()
    {
        IsStopped = true;
        _collector?.Dispose();
        Timeouts.FailAll(new SiloUnavailableException("The silo stopped before it answered."));
    }

    private void Collect()
    {
        var epoch = Interlocked.Increment(ref _epoch);
        // In an order that a simulated process repeats.
        foreach (var activation in Dispatcher.InOrder(Activations))
        {
            if (!activation.Class.IsObserver)
                activation.CollectIfIdle(epoch);
            else if (activation.GrainInstance is null)
                activation.OnGone(null);
        }
    }
}

internal interface INetwork
{
    void Carry(Request request);
}
