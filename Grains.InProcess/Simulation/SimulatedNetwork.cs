using Orleans.InProcess;
using Orleans.Placement;
using Orleans.Runtime;

namespace Orleans.Simulation;

/// <summary>Brings calls to their grains, wherever in the cluster these are, or loses, fails or delays them. It is the cluster's directory of activations too.</summary>
internal sealed class SimulatedNetwork(
    IReadOnlyList<SimulatedSilo> silos, VirtualTime time, Random random, SimulationOptions options, Action<StepKind, GrainId> record) : INetwork
{
    private readonly Dictionary<GrainId, SimulatedSilo> _places = [];
    private readonly Dictionary<string, long> _between = [];

    /// <summary>Calls from one silo to another, by interface and method; answers are not counted.</summary>
    public IReadOnlyDictionary<string, long> Between => _between;

    public void Carry(Request request)
    {
        var chance = random.NextDouble();
        if (options.Spare(request.Target))
            chance = 1;

        if ((chance -= options.LoseRequest) < 0)
        {
            Note(StepKind.RequestLost, request);
        }
        else if ((chance -= options.FailCall) < 0)
        {
            Note(StepKind.CallFailed, request);
            if (!request.Traits.IsOneWay)
                request.Settle(request.Failed(new OrleansMessageRejectionException("The simulation failed the call.")));
        }
        else if ((chance -= options.DelayCall) < 0)
        {
            Delay(request);
        }
        else
        {
            if (chance - options.LoseAnswer < 0)
                LoseAnswer(request);
            Send(request);
        }
    }

    /// <summary>What was on the silo may start elsewhere.</summary>
    public void Forget(SimulatedSilo silo)
    {
        foreach (var grain in _places.Where(place => place.Value == silo).Select(place => place.Key).ToArray())
            _places.Remove(grain);
    }

    private void Send(Request request)
    {
        var from = SenderOf(request);
        if (from is null || from.State == SimulatedSiloState.Dead)
        {
            _ = request.Silo.Refuse(request);
        }
        else if (PlaceOf(request, from) is not { } to)
        {
            if (IsObserver(request))
                _ = request.Silo.Refuse(request);
            else
                request.Settle(request.Failed(new SiloUnavailableException("No silo of the cluster runs.")));
        }
        else if (to == from)
        {
            to.Silo.Redeliver(request);
        }
        else
        {
            Cross(request, from, to);
        }
    }

    private void Cross(Request request, SimulatedSilo from, SimulatedSilo to)
    {
        var what = request.Traits.Name;
        _between[what] = _between.GetValueOrDefault(what) + 1;
        // Nobody listens to one that is held for dead, and a dead one is not there to listen.
        if (from.IsEvicted || to.State == SimulatedSiloState.Dead)
        {
            Note(StepKind.RequestLost, request);
            return;
        }

        var chance = options.LoseBetweenSilos + options.DelayBetweenSilos > 0 ? random.NextDouble() : 1;
        if ((chance -= options.LoseBetweenSilos / 2) < 0)
        {
            Note(StepKind.RequestLost, request);
            return;
        }

        if ((chance -= options.LoseBetweenSilos / 2) < 0)
            LoseAnswer(request);
        else if (chance - options.DelayBetweenSilos < 0)
        {
            Note(StepKind.CallDelayed, request);
            time.CreateTimer(_ => Arrive(request, to), null, options.LongestDelay * random.NextDouble(), Timeout.InfiniteTimeSpan);
            return;
        }

        Arrive(request, to);
    }

    private void Arrive(Request request, SimulatedSilo to)
    {
        if (to.State == SimulatedSiloState.Dead || to.IsEvicted)
            Note(StepKind.RequestLost, request);
        else if (!IsObserver(request) && _places.GetValueOrDefault(request.Target) != to)
            Send(request);
        else
            to.Silo.Redeliver(request);
    }

    /// <summary>Where the call was made: by a grain or observer, or from outside with a silo's own factory.</summary>
    private SimulatedSilo? SenderOf(Request request)
    {
        var silo = (request.Sender as Activation)?.Silo ?? request.Silo;
        foreach (var known in silos)
        {
            if (known.Silo == silo)
                return known;
        }

        return null;
    }

    private SimulatedSilo? PlaceOf(Request request, SimulatedSilo from)
    {
        var id = request.Target;
        if (IsObserver(request))
        {
            var key = id.Key.ToString()!;
            var process = key[..key.LastIndexOf('+')];
            return silos.FirstOrDefault(silo => silo.Process == process);
        }

        // A zombie finds its own grains, and nobody else's.
        if (from.IsEvicted)
            return from.Silo.Find(id) is not null || !_places.TryGetValue(id, out var elsewhere) ? from : elsewhere;
        if (_places.TryGetValue(id, out var place) && (!place.IsMember || place.Silo.Find(id) is not null))
            return place;
        if (from.Silo.Catalog.ByName(id.Type.ToString()!) is not { } grainClass)
            return from;
        if (grainClass.MaxWorkers > 0)
            return from;
        var members = silos.Where(silo => silo.IsMember).ToArray();
        if (members.Length == 0)
            return null;
        var isLocal = from.IsMember && grainClass.Type.IsDefined(typeof(PreferLocalPlacementAttribute), inherit: false);
        return _places[id] = isLocal || members.Length == 1 && members[0] == from ? from : members[random.Next(members.Length)];
    }

    private void Delay(Request request)
    {
        Note(StepKind.CallDelayed, request);
        time.CreateTimer(_ => Send(request), null, options.LongestDelay * random.NextDouble(), Timeout.InfiniteTimeSpan);
    }

    private void LoseAnswer(Request request)
    {
        request.IsAnswerLost = true;
        Note(StepKind.AnswerLost, request);
    }

    private static bool IsObserver(Request request) => request.Target.Type.ToString() == ObserverTable.TypeName;

    private void Note(StepKind kind, Request request) => record(kind, request.Target);
}
