using Webphone.Sip.Subscriptions;
using static Webphone.Sip.Subscriptions.SubscriptionEffects;
using static Webphone.Sip.Subscriptions.SubscriptionInput;
using static Webphone.Sip.Subscriptions.SubscriptionStage;

namespace Webphone.Sip.Tests.Subscriptions;

/// <summary>The whole table: every stage by every input.</summary>
public sealed class SubscriptionMachineTests
{
    public static TheoryData<string, string, string, string> Table => new()
    {
        { nameof(Idle), nameof(Granted), nameof(Notifying), "Notify full" },
        { nameof(Idle), nameof(Changed), nameof(Notifying), "Notify" },
        { nameof(Idle), nameof(FlowFound), nameof(Notifying), "Notify full" },
        { nameof(Idle), nameof(Ended), nameof(Ending), "Notify full" },
        { nameof(Idle), nameof(Taken), nameof(Idle), "" },
        { nameof(Idle), nameof(Refused), nameof(Idle), "" },
        { nameof(Idle), nameof(Busy), nameof(Idle), "" },
        { nameof(Idle), nameof(FlowLost), nameof(Idle), "" },
        { nameof(Idle), nameof(Rested), nameof(Idle), "" },
        { nameof(Notifying), nameof(Granted), nameof(Notifying), "owes full" },
        { nameof(Notifying), nameof(Changed), nameof(Notifying), "owes" },
        { nameof(Notifying), nameof(FlowFound), nameof(Notifying), "owes full" },
        { nameof(Notifying), nameof(Taken), nameof(Resting), "Rest" },
        { nameof(Notifying), nameof(Busy), nameof(Resting), "Rest owes full" },
        { nameof(Notifying), nameof(FlowLost), nameof(Away), "" },
        { nameof(Notifying), nameof(Refused), nameof(Over), "Forget" },
        { nameof(Notifying), nameof(Ended), nameof(Closing), "" },
        { nameof(Notifying), nameof(Rested), nameof(Notifying), "" },
        { nameof(Resting), nameof(Granted), nameof(Notifying), "Notify full" },
        { nameof(Resting), nameof(Changed), nameof(Resting), "owes" },
        { nameof(Resting), nameof(FlowFound), nameof(Notifying), "Notify full" },
        { nameof(Resting), nameof(Rested), nameof(Idle), "" },
        { nameof(Resting), nameof(Ended), nameof(Ending), "Notify full" },
        { nameof(Resting), nameof(Taken), nameof(Resting), "" },
        { nameof(Resting), nameof(Refused), nameof(Resting), "" },
        { nameof(Resting), nameof(Busy), nameof(Resting), "" },
        { nameof(Resting), nameof(FlowLost), nameof(Resting), "" },
        { nameof(Away), nameof(Granted), nameof(Notifying), "Notify full" },
        { nameof(Away), nameof(FlowFound), nameof(Notifying), "Notify full" },
        { nameof(Away), nameof(Ended), nameof(Over), "Forget" },
        { nameof(Away), nameof(Changed), nameof(Away), "" },
        { nameof(Away), nameof(Taken), nameof(Away), "" },
        { nameof(Away), nameof(Refused), nameof(Away), "" },
        { nameof(Away), nameof(Busy), nameof(Away), "" },
        { nameof(Away), nameof(FlowLost), nameof(Away), "" },
        { nameof(Away), nameof(Rested), nameof(Away), "" },
        { nameof(Closing), nameof(Taken), nameof(Ending), "Notify full" },
        { nameof(Closing), nameof(Busy), nameof(Ending), "Notify full" },
        { nameof(Closing), nameof(Refused), nameof(Over), "Forget" },
        { nameof(Closing), nameof(FlowLost), nameof(Over), "Forget" },
        { nameof(Closing), nameof(Granted), nameof(Closing), "" },
        { nameof(Closing), nameof(Changed), nameof(Closing), "" },
        { nameof(Closing), nameof(FlowFound), nameof(Closing), "" },
        { nameof(Closing), nameof(Rested), nameof(Closing), "" },
        { nameof(Closing), nameof(Ended), nameof(Closing), "" },
        { nameof(Ending), nameof(Taken), nameof(Over), "Forget" },
        { nameof(Ending), nameof(Busy), nameof(Over), "Forget" },
        { nameof(Ending), nameof(Refused), nameof(Over), "Forget" },
        { nameof(Ending), nameof(FlowLost), nameof(Over), "Forget" },
        { nameof(Ending), nameof(Granted), nameof(Ending), "" },
        { nameof(Ending), nameof(Changed), nameof(Ending), "" },
        { nameof(Ending), nameof(FlowFound), nameof(Ending), "" },
        { nameof(Ending), nameof(Rested), nameof(Ending), "" },
        { nameof(Ending), nameof(Ended), nameof(Ending), "" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Every_input_in_every_stage(string stage, string input, string next, string expected)
    {
        var core = new SubscriptionCore { Stage = Enum.Parse<SubscriptionStage>(stage) };
        var effects = SubscriptionMachine.Step(ref core, Enum.Parse<SubscriptionInput>(input));
        Assert.Equal(next, core.Stage.ToString());
        Assert.Equal(expected, Describe(core, effects));
    }

    [Fact]
    public void The_table_is_whole()
    {
        var rows = Table.Select(row => (row.Data.Item1, row.Data.Item2)).ToHashSet();
        foreach (var stage in Enum.GetNames<SubscriptionStage>().Where(name => name != nameof(Over)))
            Assert.All(Enum.GetNames<SubscriptionInput>(), input => Assert.Contains((stage, input), rows));
    }

    [Fact]
    public void What_is_over_stays_so()
    {
        foreach (var input in Enum.GetValues<SubscriptionInput>())
        {
            var core = new SubscriptionCore { Stage = Over };
            Assert.Equal(None, SubscriptionMachine.Step(ref core, input));
            Assert.Equal(Over, core.Stage);
        }
    }

    [Fact]
    public void Changes_during_a_rest_go_out_together_after_it()
    {
        var core = new SubscriptionCore();
        Assert.Equal(Notify, SubscriptionMachine.Step(ref core, Changed));
        SubscriptionMachine.Step(ref core, Changed);
        Assert.Equal(Rest, SubscriptionMachine.Step(ref core, Taken));
        SubscriptionMachine.Step(ref core, Changed);
        Assert.Equal(Notify, SubscriptionMachine.Step(ref core, Rested));
        Assert.Equal(Rest, SubscriptionMachine.Step(ref core, Taken));
        Assert.Equal(None, SubscriptionMachine.Step(ref core, Rested));
        Assert.Equal(Idle, core.Stage);
    }

    [Fact]
    public void Who_refreshes_while_a_notify_is_out_is_told_at_once_after_it()
    {
        var core = new SubscriptionCore();
        SubscriptionMachine.Step(ref core, Changed);
        SubscriptionMachine.Step(ref core, Granted);
        Assert.Equal(Notify, SubscriptionMachine.Step(ref core, Taken));
        Assert.True(core.IsFull);
    }

    [Fact]
    public void Whatever_comes_in_whatever_order_at_most_one_notify_is_out_and_each_ends()
    {
        var random = new Random(5);
        var inputs = Enum.GetValues<SubscriptionInput>();
        for (var run = 0; run < 20_000; run++)
        {
            var core = new SubscriptionCore();
            var isOut = false;
            for (var i = 0; i < 60 && core.Stage != Over; i++)
            {
                var input = inputs[random.Next(inputs.Length)];
                // Answers come to what is out only, and once.
                if (input is Taken or Refused or Busy or FlowLost)
                {
                    if (!isOut) continue;
                    isOut = false;
                }
                var effects = SubscriptionMachine.Step(ref core, input);
                if ((effects & Notify) == 0) continue;
                Assert.False(isOut);
                isOut = true;
            }
            Assert.Equal(isOut, core.Stage is Notifying or Closing or Ending);
            SubscriptionMachine.Step(ref core, Ended);
            for (var i = 0; i < 2 && core.Stage != Over; i++)
                SubscriptionMachine.Step(ref core, Taken);
            Assert.Equal(Over, core.Stage);
        }
    }

    private static string Describe(in SubscriptionCore core, SubscriptionEffects effects)
    {
        var words = new List<string>();
        if (effects != None) words.Add(effects.ToString());
        if ((effects & Notify) != 0 && core.IsFull) words.Add("full");
        if (core.Owes) words.Add("owes");
        if (core.OwesFull) words.Add("full");
        return string.Join(' ', words);
    }
}
