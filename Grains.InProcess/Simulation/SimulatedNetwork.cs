using Orleans.InProcess;
using Orleans.Runtime;

namespace Orleans.Simulation;

/// <summary>Brings calls to their grains, or loses, fails or delays them.</summary>
internal sealed class SimulatedNetwork(Silo silo, VirtualTime time, Random random, SimulationOptions options, Action<StepKind, GrainId> record) : INetwork
{
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
            Note(StepKind.CallDelayed, request);
            time.CreateTimer(late => silo.Redeliver((Request)late!), request, options.LongestDelay * random.NextDouble(), Timeout.InfiniteTimeSpan);
        }
        else
        {
            if (chance - options.LoseAnswer < 0)
            {
                request.IsAnswerLost = true;
                Note(StepKind.AnswerLost, request);
            }

            silo.Redeliver(request);
        }
    }

    private void Note(StepKind kind, Request request) => record(kind, request.Target);
}
