#!/bin/sh
# What docker-compose.yml's service `demo` does, once: flows of a made-up office, a dataset of them, two minutes of training,
# and then 1,000 synthetic flows a second to nfcapd by NetFlow v9, for an hour.
#
# Every step may be done again: a request id answers the job that has done it, and a stream that runs is left alone.
set -eu
flows=/tmp/office.csv

echo "1. flows of a simulated office"
stanflow simulate --rows 200000 --seed 1 --output "$flows"

echo "2. a dataset"
stanflow datasets import office "$flows" --home 10.0.0.0/16 --holdout hours=odd --request-id demo-import

echo "3. two minutes of training"
stanflow train --dataset office --model edge --max-minutes 2 --wait --request-id demo-train

echo "4. a stream to nfcapd"
if stanflow jobs list --state running | grep -qw stream; then
  echo "it runs already"
else
  stanflow stream --model edge --rows 3600000 --seed 7 --start now --rate 1000 --to netflow9://nfcapd:2055 --detach
fi
echo "Look at http://127.0.0.1:3000, and at: docker compose logs -f nfcapd"
