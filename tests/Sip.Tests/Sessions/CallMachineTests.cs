using Webphone.Sip.Sessions;
using static Webphone.Sip.Sessions.CallInput;
using E = Webphone.Sip.Sessions.CallEffects;
using S = Webphone.Sip.Sessions.SessionState;

namespace Webphone.Sip.Tests.Sessions;

/// <summary>Every input in every state of both sides of a call. What is not in a table is ignored and changes nothing.</summary>
public sealed class CallMachineTests
{
    private static readonly Dictionary<CallInput, (S, E)> Up = new()
    {
        [Hangup] = (S.Ending, E.SendBye),
        [Lost] = (S.Ended, E.SendBye | E.TellEnded),
        [Bye] = (S.Ended, E.TellEnded),
        [Success] = (S.Established, E.SendAck),
    };

    private static readonly Dictionary<CallInput, (S, E)> GoingDown = new()
    {
        [Bye] = (S.Ended, E.TellEnded),
        [ByeDone] = (S.Ended, E.TellEnded),
        [Success] = (S.Ending, E.SendAck),
    };

    private static readonly Dictionary<CallInput, (S, E)> Cancelled = new()
    {
        [Success] = (S.Ending, E.SendAck | E.SendBye),
        [Failure] = (S.Ended, E.TellEnded),
        [CancelTimeout] = (S.Ended, E.TellEnded),
    };

    [Fact]
    public void Every_input_in_every_state_of_the_caller() => Check(CallMachine.StepCaller, new()
    {
        [S.Initial] = new()
        {
            [Provisional] = (S.Early, E.TellProgress),
            [Success] = (S.Established, E.SendAck | E.TellEstablished),
            [Failure] = (S.Ended, E.TellEnded),
            [Hangup] = (S.CancelPending, E.None),
            [RingTimeout] = (S.CancelPending, E.None),
        },
        [S.Early] = new()
        {
            [Provisional] = (S.Early, E.TellProgress),
            [Success] = (S.Established, E.SendAck | E.TellEstablished),
            [Failure] = (S.Ended, E.TellEnded),
            [Hangup] = (S.Cancelling, E.SendCancel),
            [RingTimeout] = (S.Cancelling, E.SendCancel),
        },
        [S.CancelPending] = new(Cancelled) { [Provisional] = (S.Cancelling, E.SendCancel) },
        [S.Cancelling] = Cancelled,
        [S.Established] = Up,
        [S.Ending] = GoingDown,
        [S.Ended] = new() { [Success] = (S.Ended, E.SendAck) },
    });

    [Fact]
    public void Every_input_in_every_state_of_the_callee()
    {
        var ringing = new Dictionary<CallInput, (S, E)>
        {
            [Provisional] = (S.Early, E.SendProvisional),
            [Accept] = (S.AwaitingAck, E.SendSuccess),
            [Reject] = (S.Ended, E.SendFailure | E.TellEnded),
            [Hangup] = (S.Ended, E.SendUnavailable | E.TellEnded),
            [RingTimeout] = (S.Ended, E.SendUnavailable | E.TellEnded),
            [Cancel] = (S.Ended, E.SendTerminated | E.TellEnded),
            [Bye] = (S.Ended, E.SendTerminated | E.TellEnded),
            [Failure] = (S.Ended, E.SendTerminated | E.TellEnded),
            [Lost] = (S.Ended, E.SendTerminated | E.TellEnded),
        };
        Check(CallMachine.StepCallee, new()
        {
            [S.Initial] = ringing,
            [S.Early] = ringing,
            [S.AwaitingAck] = new()
            {
                [Ack] = (S.Established, E.StopSuccess | E.TellEstablished),
                [AckTimeout] = (S.Ended, E.StopSuccess | E.SendBye | E.TellEnded),
                [Hangup] = (S.HangupPending, E.None),
                [Lost] = (S.HangupPending, E.None),
                [Bye] = (S.Ended, E.StopSuccess | E.TellEnded),
            },
            [S.HangupPending] = new()
            {
                [Ack] = (S.Ending, E.StopSuccess | E.SendBye),
                [AckTimeout] = (S.Ending, E.StopSuccess | E.SendBye),
                [Bye] = (S.Ended, E.StopSuccess | E.TellEnded),
            },
            [S.Established] = Up,
            [S.Ending] = GoingDown,
            [S.Ended] = [],
        });
    }

    [Fact]
    public void A_call_ends_once_whatever_happens()
    {
        var random = new Random(99);
        var inputs = Enum.GetValues<CallInput>();
        for (var run = 0; run < 20_000; run++)
        {
            Stepper step = run % 2 == 0 ? CallMachine.StepCaller : CallMachine.StepCallee;
            var state = S.Initial;
            var ends = 0;
            for (var i = 0; i < 20; i++)
                ends += (step(ref state, inputs[random.Next(inputs.Length)]) & E.TellEnded) != 0 ? 1 : 0;
            // Whatever the state, hanging up and the time limits bring the end.
            foreach (var input in new[] { Hangup, Failure, CancelTimeout, AckTimeout, ByeDone })
                ends += (step(ref state, input) & E.TellEnded) != 0 ? 1 : 0;
            Assert.Equal((S.Ended, 1), (state, ends));
        }
    }

    private delegate E Stepper(ref S state, CallInput input);

    private static void Check(Stepper step, Dictionary<S, Dictionary<CallInput, (S, E)>> tables)
    {
        foreach (var (from, table) in tables)
        {
            foreach (var input in Enum.GetValues<CallInput>())
            {
                var state = from;
                var effects = step(ref state, input);
                var expected = table.TryGetValue(input, out var row) ? row : (from, E.Ignored);
                Assert.True(expected == (state, effects), $"{from} on {input}: {effects} to {state}, expected {expected}");
            }
        }
    }
}
